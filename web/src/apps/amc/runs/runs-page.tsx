import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { GitCompareArrows } from "lucide-react";
import { useMemo } from "react";

import { useTitle } from "@/kernel/title";
import { Button, buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { ServerList } from "../list/server-list";
import { useToday } from "../today";
import { runStates, type RunItem } from "../types";
import { origins, originWord, runWord } from "../words";
import { AskedDaysFields } from "./asked-days";
import { daysFilters, daysOf } from "./days";
import { runColumns } from "./run-columns";
import { runTabs } from "./run-tabs";
import { useOfWhat } from "./use-of-what";

const route = getRouteApi("/app/amc/runs");

export function RunsPage() {
  useTitle(t`Runs`);
  const asked = route.useSearch();
  const days = daysOf(asked);
  const search = { ...asked, ...days };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const today = useToday(zone);
  const go = route.useNavigate();
  const navigate = useNavigate();
  const columns = useMemo(() => runColumns(), []);
  const ofWhat = useOfWhat(search);
  const compare = ([left, right]: RunItem[]) => {
    if (left !== undefined && right !== undefined) void navigate({ to: "/amc/runs/compare", search: { left: right.id, right: left.id } });
  };
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      <AskedDaysFields days={days} onDays={(next) => void go({ search: { ...search, ...next }, replace: true })} />
      <ServerList<RunItem>
        name="runs"
        label={t`Runs`}
        path="/amc/runs"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Running`, search: { state: "running" } },
          { name: t`Failed`, search: { state: "failed" } },
          { name: t`Succeeded`, search: { state: "succeeded" } },
        ]}
        filters={[
          ...ofWhat,
          { id: "state", label: t`State`, choices: runStates.map((value) => ({ value, label: runWord(value) })) },
          { id: "origin", label: t`How it began`, choices: origins.map((value) => ({ value, label: originWord(value) })) },
          ...daysFilters(days, today),
        ]}
        search={search}
        {...(days.since === undefined && days.until === undefined ? {} : { fixed: { time_zone: zone } })}
        onSearch={(next) => void go({ search: next, replace: true })}
        sorted="-created_at"
        placeholder={t`Name of the run`}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        onOpen={(row) => void navigate({ to: "/amc/runs/$runId", params: { runId: row.id } })}
        bulk={(rows, clear) => (
          <>
            <Plural value={rows.length} one="# run" other="# runs" />
            <Button
              icon={<GitCompareArrows size={13} aria-hidden />}
              disabled={rows.length !== 2 || rows.some((run) => run.state !== "succeeded")}
              title={t`Two runs that succeeded`}
              onClick={() => compare(rows)}
            >
              <Trans>Compare the two</Trans>
            </Button>
            <Button tone="quiet" onClick={clear}>
              <Trans>Clear</Trans>
            </Button>
          </>
        )}
        empty={
          <EmptyState
            title={<Trans>Nothing was run yet</Trans>}
            action={
              <Link to="/amc/clients" className={buttonClass("primary")}>
                <Trans>Choose a client</Trans>
              </Link>
            }
          >
            <Trans>A run asks AMC one query over one window of time; its rows are kept here.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}
