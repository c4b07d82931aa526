import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";

import { useKeysetList } from "@/kernel/list";
import { useTitle } from "@/kernel/title";
import { Banner } from "@/ui/banner";
import { PageHead } from "@/ui/page";
import { RecordList } from "@/ui/record-list";
import { Select } from "@/ui/select";
import { EmptyState } from "@/ui/states";

import { StateTabs } from "../state-tabs";
import { RequestLine } from "./request-line";
import type { AttendedRequest } from "./types";

const route = getRouteApi("/app/operator/console/personal-data");
export const attended = "/admin/personal-data";
const both = "both";

/** Requests for copies and erasures of all organisations that the operator looks after. */
export function PersonalDataPage() {
  useTitle(t`Personal data`);
  const { state, kind, account_id: account } = route.useSearch();
  const go = route.useNavigate();
  const query = { state, kind, account_id: account };
  const isComplete = useKeysetList<AttendedRequest>(attended, query).complete;
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Personal data</Trans>}
        below={
          <Trans>Copies and erasures that people asked their organisations for. The law gives a month for the answer; what waits longest comes first.</Trans>
        }
      />
      <StateTabs
        label={t`State`}
        value={state}
        choices={[
          [undefined, t`Open`],
          ["done", t`Done`],
          ["withdrawn", t`Withdrawn`],
        ]}
        onChange={(next) => void go({ search: (now) => ({ ...now, state: next }), replace: true })}
      />
      <div className="mb-13 w-full sm:w-233">
        <Select
          dense
          label={t`What was asked for`}
          value={kind ?? both}
          choices={[
            { value: both, label: t`Copies and erasures` },
            { value: "export", label: t`Copies` },
            { value: "erasure", label: t`Erasures` },
          ]}
          onChange={(next) => void go({ search: (now) => ({ ...now, kind: next === both ? undefined : next }), replace: true })}
        />
      </div>
      {!isComplete && (
        <div className="mb-13 overflow-hidden rounded-8">
          <Banner tone="warn" icon={<CircleAlert size={13} aria-hidden />}>
            <Trans>The database of an organisation did not answer: its requests are missing here. Look again later.</Trans>
          </Banner>
        </div>
      )}
      <RecordList<AttendedRequest> path={attended} query={query} empty={<Nothing state={state} />} row={(request) => <RequestLine request={request} />} />
    </div>
  );
}

function Nothing({ state }: { state: string | undefined }) {
  if (state === "withdrawn") return <EmptyState title={<Trans>Nothing was withdrawn</Trans>} />;
  if (state === "done") return <EmptyState title={<Trans>Nothing is done yet</Trans>} />;
  return (
    <EmptyState title={<Trans>Nobody waits for an answer</Trans>}>
      <Trans>People ask for a copy or the erasure of their data in their profile; administrators ask for members.</Trans>
    </EmptyState>
  );
}
