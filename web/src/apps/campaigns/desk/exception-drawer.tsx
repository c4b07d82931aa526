import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { get, post } from "@/kernel/client";
import { useCan, useMe } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import { CampaignLink } from "./belongs";
import { ExceptionState, SeverityBadge } from "./exception-columns";
import type { ExceptionRecord } from "./types";
import { categoryWords, exceptionStateWords } from "./words";

// Fetched when somebody works on an exception: most only read it.
const AddEvidence = lazy(() => import("./add-evidence").then((file) => ({ default: file.AddEvidence })));
const MoveException = lazy(() => import("./move-exception").then((file) => ({ default: file.MoveException })));

export function ExceptionDrawer({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaign-exceptions", id],
    queryFn: ({ signal }) => get<ExceptionRecord>(`/campaign-exceptions/${id}`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={4} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Found exception={data} />;
}

function Found({ exception }: { exception: ExceptionRecord }) {
  const { campaign_id: campaign, commitment_id: commitment } = exception;
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-8 pr-34">
        <ExceptionState exception={exception} />
        <SeverityBadge exception={exception} />
      </div>
      <h2 className="text-16 font-semibold break-words">{exception.title}</h2>
      <p className="text-12 text-pretty break-words whitespace-pre-wrap">{exception.detail}</p>
      <Verbs exception={exception} />
      <Facts
        dense
        facts={[
          [<Trans key="n">Category</Trans>, categoryWords()[exception.category] ?? exception.category],
          [<Trans key="n">Looked after by</Trans>, <PersonName key="v" id={exception.assigned_to} />],
          [<Trans key="n">Opened</Trans>, formatInstant(exception.opened_at)],
          [<Trans key="n">Opened by</Trans>, <PersonName key="v" id={exception.opened_by} kind="system" />],
          [<Trans key="n">Resolution</Trans>, exception.resolution ?? "–"],
          [
            <Trans key="n">Campaign</Trans>,
            campaign === null ? "–" : <CampaignLink key="v" id={campaign} title={exception.campaign_title} />,
          ],
          [
            <Trans key="n">Commitment</Trans>,
            commitment === null ? "–" : (exception.commitment_reference ?? <CopyId key="v" value={commitment} />),
          ],
        ]}
      />
      {exception.evidence.length > 0 && (
        <section>
          <h3 className="mb-5 text-12 font-semibold">
            <Trans>Evidence</Trans>
          </h3>
          <ul className="text-12">
            {exception.evidence.map((each) => (
              <li key={each.id} className="flex items-baseline justify-between gap-13 border-b border-line py-5 last:border-0">
                <span className="min-w-0 break-words">{each.note}</span>
                <CopyId value={each.pointer} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3 className="mb-8 text-12 font-semibold">
          <Trans>History</Trans>
        </h3>
        <Timeline entries={[...exception.history].reverse().map((each) => ({
          id: String(each.ordinal),
          at: each.at,
          title: entryWord(each),
          ...(each.note === null ? {} : { detail: each.note }),
          by: <PersonName id={each.actor_id} kind={each.actor_kind} />,
        }))} />
      </section>
    </div>
  );
}

function entryWord({ kind, to_state: to }: ExceptionRecord["history"][number]): string {
  if (kind === "moved" && to !== null) return exceptionStateWords()[to] ?? to;
  if (kind === "opened") return t`Opened`;
  if (kind === "assigned") return t`Given to somebody`;
  if (kind === "evidence_added") return t`Evidence added`;
  return kind === "seen_again" ? t`Seen again` : kind.replaceAll("_", " ");
}

/** The step that is possible now, and what it still needs. */
function Verbs({ exception }: { exception: ExceptionRecord }) {
  const [asked, setAsked] = useState<"move" | "evidence" | null>(null);
  const me = useMe()?.user.id;
  const may = useCan()(...permissions.care);
  const take = useAct({
    work: () => post(`/campaign-exceptions/${exception.id}/assign`, { assigned_to: me ?? "" }),
    refresh: [["/campaign-exceptions"]],
    done: () => t`You look after it`,
    refused: t`It was not given to you`,
  });
  const step = exception.steps[0];
  if (exception.state === "closed") return null;
  if (!may) {
    return (
      <p className="label">
        <Trans>
          Working on it needs <code className="font-mono">{permissions.care[0]}</code>.
        </Trans>
      </p>
    );
  }
  const close = () => setAsked(null);
  return (
    <div className="flex flex-wrap gap-8">
      {step !== undefined && (
        <Button tone="primary" onClick={() => setAsked("move")}>
          {step.label}
        </Button>
      )}
      {exception.assigned_to !== me && (
        <Button busy={take.isPending} onClick={() => take.mutate()}>
          <Trans>Look after it</Trans>
        </Button>
      )}
      <Button onClick={() => setAsked("evidence")}>
        <Trans>Add evidence</Trans>
      </Button>
      <Suspense>
        {asked === "move" && step !== undefined && <MoveException exception={exception} step={step} onClose={close} />}
        {asked === "evidence" && <AddEvidence exceptionId={exception.id} onClose={close} />}
      </Suspense>
    </div>
  );
}
