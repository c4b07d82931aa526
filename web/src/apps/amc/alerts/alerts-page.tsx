import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { BellRing } from "lucide-react";

import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { SortChoice } from "../list/sort-choice";
import { runTabs } from "../runs/run-tabs";
import { AlertLine } from "./alert-line";
import type { Alert } from "./types";

const route = getRouteApi("/app/amc/runs/alerts");

/** Every alert on results: what is watched, and when it told last. */
export function AlertsPage() {
  useTitle(t`Alerts`);
  const { sort } = route.useSearch();
  const go = route.useNavigate();
  useLive({ module: "amc", refresh: [["/amc/alerts", "list"]] });
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} below={<Trans>Each new result is held against these conditions.</Trans>} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      <RecordList<Alert>
        path="/amc/alerts"
        query={{ sort }}
        order={
          <SortChoice
            sort={sort}
            onSort={(next) => void go({ search: { sort: next }, replace: true })}
            choices={[
              { value: "-created_at", label: t`Newest first` },
              { value: "name", label: t`By name` },
              { value: "about", label: t`By what is watched` },
            ]}
          />
        }
        row={(alert) => <AlertLine alert={alert} withSubject />}
        empty={
          <EmptyState
            title={<Trans>Nobody is told</Trans>}
            action={
              <Link to="/amc/runs" search={{ state: "succeeded" }} className={buttonClass("primary")}>
                <BellRing size={13} aria-hidden />
                <Trans>Choose a run that succeeded</Trans>
              </Link>
            }
          >
            <Trans>An alert begins with a run, a workflow or a schedule: open one and choose “Alert me”.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}
