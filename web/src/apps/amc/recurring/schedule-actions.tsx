import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { CalendarPlus, CloudUpload, FlaskConical, MoreHorizontal, Pencil, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { Button, buttonClass, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Run } from "../types";
import { HoldButton } from "./hold-button";
import type { Schedule } from "./types";
import { schedulePath } from "./use-schedule";
import { useEnd } from "./use-schedule-acts";

const ExportDialog = lazy(() => import("./export-dialog").then((file) => ({ default: file.ExportDialog })));
const ExtraDialog = lazy(() => import("./extra-dialog").then((file) => ({ default: file.ExtraDialog })));

/** What may be done with a schedule now: try it, run it out of turn, hold it or take it over, change it, end it. */
export function ScheduleActions({ schedule }: { schedule: Schedule }) {
  const can = useCan();
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [extra, setExtra] = useState(false);
  const [exporting, setExporting] = useState(false);
  const [mayRun, mayEdit] = [can(...permissions.run), can(...permissions.edit)];
  const { id, name } = schedule;
  const drop = useEnd(schedule);
  const end = () => {
    drop();
    void navigate({ to: "/amc/runs/schedules" });
  };
  const trial = useAct({
    work: () => post<Run>(`${schedulePath}/${id}/trial`, {}, { idempotencyKey: attempt.key(schedule.version) }),
    refresh: [["/amc/runs", "list"]],
    done: () => t`A trial is under way; it counts nowhere`,
    refused: t`Nothing was run`,
    onDone: (run) => void navigate({ to: "/amc/runs/$runId", params: { runId: run.id } }),
    onRefused: attempt.refused,
  });
  const change = () =>
    void navigate({ to: "/amc/runs/schedules/$scheduleId/edit", params: { scheduleId: id }, search: { step: 1 } });
  const verbs = mayEdit ? [{ id: "change", label: t`Change this schedule`, key: "c", group: name, run: change }] : [];
  useCommands("amc.schedule", verbs);
  return (
    <>
      {(mayEdit || mayRun) && (
        <Menu
          trigger={
            <IconButton label={t`More for ${name}`}>
              <MoreHorizontal size={16} aria-hidden />
            </IconButton>
          }
        >
          <MenuItem icon={<CalendarPlus size={13} aria-hidden />} disabled={!mayRun} onSelect={() => setExtra(true)}>
            <Trans>Run it once more</Trans>
          </MenuItem>
          <MenuItem icon={<CloudUpload size={13} aria-hidden />} disabled={!mayEdit || !mayRun} onSelect={() => setExporting(true)}>
            <Trans>Export to an AMC schedule</Trans>
          </MenuItem>
          <MenuItem danger icon={<Trash2 size={13} aria-hidden />} disabled={!mayEdit} onSelect={end}>
            <Trans>Repeat it no more</Trans>
          </MenuItem>
        </Menu>
      )}
      {mayRun && (
        <Button icon={<FlaskConical size={13} aria-hidden />} busy={trial.isPending} onClick={() => trial.mutate()}>
          <Trans>Try it now</Trans>
        </Button>
      )}
      <HoldButton schedule={schedule} />
      {mayEdit && (
        <Link
          to="/amc/runs/schedules/$scheduleId/edit"
          params={{ scheduleId: id }}
          search={{ step: 1 }}
          preload="intent"
          className={buttonClass("primary")}
        >
          <Pencil size={13} aria-hidden />
          <Trans>Change</Trans>
        </Link>
      )}
      <Suspense>{extra && <ExtraDialog schedule={schedule} onClose={() => setExtra(false)} />}</Suspense>
      <Suspense>{exporting && <ExportDialog schedule={schedule} onClose={() => setExporting(false)} />}</Suspense>
    </>
  );
}
