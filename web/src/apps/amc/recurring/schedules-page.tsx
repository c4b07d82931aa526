import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { CalendarClock, MoreHorizontal, Trash2 } from "lucide-react";

import { useLive } from "@/kernel/live";
import { useIsEmpty } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { buttonClass, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { SortChoice } from "../list/sort-choice";
import { permissions } from "../permissions";
import { runTabs } from "../runs/run-tabs";
import { HoldButton } from "./hold-button";
import { pauseText } from "./pause-words";
import { rhythmText } from "./rhythm-words";
import { ScheduleBadge } from "./schedule-badge";
import { isFiltered, ScheduleFilters } from "./schedule-filters";
import type { Schedule } from "./types";
import { schedulePath as path } from "./use-schedule";
import { useEnd } from "./use-schedule-acts";

const route = getRouteApi("/app/amc/runs/schedules");

/** What is repeated by itself: when it fires next, how it went, and the switch to hold it. */
export function SchedulesPage() {
  useTitle(t`Schedules`);
  const search = route.useSearch();
  const { sort } = search;
  const filtered = isFiltered(search);
  const empty = useIsEmpty(path, { ...search });
  const go = route.useNavigate();
  useLive({ module: "amc", refresh: [[path, "list"]] });
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      {(filtered || !empty) && <ScheduleFilters search={search} onSearch={(next) => void go({ search: next, replace: true })} />}
      <RecordList<Schedule>
        path={path}
        query={{ ...search }}
        order={
          <SortChoice
            sort={sort}
            onSort={(next) => void go({ search: { ...search, sort: next }, replace: true })}
            choices={[
              { value: "name", label: t`By name` },
              { value: "next_fire_at", label: t`Next to fire first` },
              { value: "client", label: t`By client` },
              { value: "-failed", label: t`Most failures first` },
              { value: "state", label: t`Active first` },
              { value: "-updated_at", label: t`Changed last first` },
            ]}
          />
        }
        row={(schedule) => <ScheduleLine schedule={schedule} />}
        empty={filtered ? <NoneOfThese /> : <NothingYet />}
      />
    </>
  );
}

function NoneOfThese() {
  return (
    <EmptyState
      title={<Trans>No schedule is like that</Trans>}
      action={
        <Link to="/amc/runs/schedules" className={buttonClass("plain")}>
          <Trans>Show all</Trans>
        </Link>
      }
    />
  );
}

function NothingYet() {
  return (
    <EmptyState
      title={<Trans>Nothing is repeated yet</Trans>}
      action={
        <Link to="/amc/runs" search={{ state: "succeeded" }} className={buttonClass("primary")}>
          <CalendarClock size={13} aria-hidden />
          <Trans>Choose a run that succeeded</Trans>
        </Link>
      }
    >
      <Trans>A run that succeeded can be made recurring: the same query and values, the window worked out anew each time.</Trans>
    </EmptyState>
  );
}

function ScheduleLine({ schedule }: { schedule: Schedule }) {
  const can = useCan();
  const { id, name, state } = schedule;
  const end = useEnd(schedule);
  const active = state === "active";
  return (
    <div className="py-5">
      <Line
        title={
          <Link to="/amc/runs/schedules/$scheduleId" params={{ scheduleId: id }} preload="intent" className="font-medium hover:underline">
            {name}
          </Link>
        }
        detail={
          <>
            <span>{schedule.instance.name}</span>
            <span>{schedule.workflow.name}</span>
            <span>{rhythmText(schedule.kind)}</span>
            {active && schedule.next_fire_at !== null && (
              <span>
                <Trans>Next {formatInstant(schedule.next_fire_at, schedule.time_zone)}</Trans>
              </span>
            )}
            <span>
              <Plural value={schedule.succeeded} one="# succeeded" other="# succeeded" />
            </span>
            {schedule.failed > 0 && (
              <span className="text-bad">
                <Plural value={schedule.failed} one="# failed" other="# failed" />
              </span>
            )}
          </>
        }
        state={<ScheduleBadge schedule={schedule} />}
        actions={
          <>
            <HoldButton schedule={schedule} />
            {can(...permissions.edit) && (
              <Menu
                trigger={
                  <IconButton label={t`More for ${name}`}>
                    <MoreHorizontal size={16} aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem danger icon={<Trash2 size={13} aria-hidden />} onSelect={end}>
                  <Trans>Repeat it no more</Trans>
                </MenuItem>
              </Menu>
            )}
          </>
        }
      />
      {schedule.pause_reason !== null && <p className="mt-5 text-12 text-bad">{pauseText(schedule.pause_reason)}</p>}
    </div>
  );
}
