import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CalendarClock, MoreHorizontal, Pause, Play, Trash2 } from "lucide-react";

import { post, remove } from "@/kernel/client";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { LinkTabs } from "../list/link-tabs";
import { permissions } from "../permissions";
import { runTabs } from "../runs/run-tabs";
import type { Schedule } from "./types";

const path = "/amc/schedules";

/** What is repeated by itself: when it fires next, how it went, and the switch to hold it. */
export function SchedulesPage() {
  useTitle(t`Schedules`);
  useLive({ module: "amc", refresh: [[path, "list"]] });
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      <RecordList<Schedule>
        path={path}
        row={(schedule) => <ScheduleLine schedule={schedule} />}
        empty={
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
        }
      />
    </>
  );
}

function ScheduleLine({ schedule }: { schedule: Schedule }) {
  const can = useCan();
  const { id, name, state } = schedule;
  const move = useAct<"pause" | "resume">({
    work: (verb) => post(`${path}/${id}/${verb}`),
    refresh: [[path]],
    done: (_, verb) => (verb === "pause" ? t`${name} is held` : t`${name} goes on`),
    refused: t`The schedule stays as it is`,
  });
  const end = useAct({
    work: () => remove(`${path}/${id}`),
    refresh: [[path]],
    done: () => t`${name} is repeated no more`,
    refused: t`The schedule stays`,
  });
  const takeOver = useAct({
    work: () => post(`${path}/${id}/take-over`),
    refresh: [[path]],
    done: () => t`${name} is yours and goes on`,
    refused: t`The schedule stays as it is`,
  });
  const active = state === "active";
  const left = schedule.pause_reason === "maker_gone";
  return (
    <div className="py-5">
      <Line
        title={<span className="font-medium">{name}</span>}
        detail={
          <>
            <span>{schedule.instance.name}</span>
            <span>{schedule.workflow.name}</span>
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
        state={active ? <Badge tone="ok">{t`Active`}</Badge> : <Badge tone="paused">{t`Paused`}</Badge>}
        actions={
          left && can(...permissions.run) ? (
            <Button icon={<Play size={13} aria-hidden />} busy={takeOver.isPending} onClick={() => takeOver.mutate()}>
              <Trans>Take over</Trans>
            </Button>
          ) : (
          can(...permissions.edit) && (
            <>
              <Button
                icon={active ? <Pause size={13} aria-hidden /> : <Play size={13} aria-hidden />}
                busy={move.isPending}
                onClick={() => move.mutate(active ? "pause" : "resume")}
              >
                {active ? <Trans>Hold</Trans> : <Trans>Go on</Trans>}
              </Button>
              <Menu
                trigger={
                  <IconButton label={t`More for ${name}`}>
                    <MoreHorizontal size={16} aria-hidden />
                  </IconButton>
                }
              >
                <MenuItem danger icon={<Trash2 size={13} aria-hidden />} onSelect={() => end.mutate()}>
                  <Trans>Repeat it no more</Trans>
                </MenuItem>
              </Menu>
            </>
          ))
        }
      />
      {schedule.pause_reason !== null && <p className="mt-5 text-12 text-bad">{reasonOf(schedule.pause_reason)}</p>}
    </div>
  );
}

/** Why a schedule rests, in words. */
function reasonOf(reason: string): string {
  const words: Record<string, string> = {
    too_many_failures: t`Its last runs failed.`,
    connection_ended: t`Its connection to Amazon has ended.`,
    maker_gone: t`Whoever made it has left or may not run queries on this client any more.`,
  };
  return words[reason] ?? reason;
}
