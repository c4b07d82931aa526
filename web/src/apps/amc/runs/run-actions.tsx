import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { Ban, BellRing, BookmarkPlus, CalendarClock, Layers, RotateCw } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { Button, buttonClass } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import { withoutDates } from "../recurring/rhythm-words";
import type { Run, Workflow } from "../types";
import { isOpen } from "../words";

const AlertDialog = lazy(() => import("../alerts/alert-dialog").then((file) => ({ default: file.AlertDialog })));

/** What may be done with a run now: end it, ask the same again, keep its query. */
export function RunActions({ run }: { run: Run }) {
  const can = useCan();
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [keeping, setKeeping] = useState(false);
  const [alerting, setAlerting] = useState(false);
  const mayRun = can(...permissions.run);
  const mayRepeat = mayRun && !run.text_is_private;
  const cancel = useAct({
    work: () => post<Run>(`/amc/runs/${run.id}/cancel`),
    refresh: [["/amc/runs"]],
    done: () => t`The run is being cancelled`,
    refused: t`The run goes on`,
  });
  const again = useAct({
    work: () => post<Run>(`/amc/runs/${run.id}/again`, {}, { idempotencyKey: attempt.key(run.id) }),
    refresh: [["/amc/runs", "list"]],
    done: () => t`The same is asked again, its window worked out anew`,
    refused: t`Nothing was run`,
    onDone: (next) => void navigate({ to: "/amc/runs/$runId", params: { runId: next.id } }),
    onRefused: attempt.refused,
  });
  const open = isOpen(run.state);
  const repeat = () => again.mutate();
  useCommands("amc.run", mayRepeat && !open ? [{ id: "again", label: t`Run again`, key: "r", group: t`This run`, run: repeat }] : []);
  return (
    <>
      {run.can_cancel && mayRun && (
        <Button tone="danger" icon={<Ban size={13} aria-hidden />} busy={cancel.isPending} onClick={() => cancel.mutate()}>
          <Trans>Cancel</Trans>
        </Button>
      )}
      {can(...permissions.edit) && run.workflow === null && !run.text_is_private && (
        <Button icon={<BookmarkPlus size={13} aria-hidden />} onClick={() => setKeeping(true)}>
          <Trans>Save as a workflow</Trans>
        </Button>
      )}
      {can(...permissions.edit) && run.state === "succeeded" && run.workflow !== null && !run.text_is_private && (
        <>
          <Button icon={<BellRing size={13} aria-hidden />} onClick={() => setAlerting(true)}>
            <Trans>Alert me</Trans>
          </Button>
          <Link to="/amc/runs/schedules/new" search={{ run: run.id, step: 1 }} preload="intent" className={buttonClass("plain")}>
            <CalendarClock size={13} aria-hidden />
            <Trans>Make this recurring</Trans>
          </Link>
          <Link to="/amc/runs/collections/new" search={{ run: run.id }} className={buttonClass("plain")}>
            <Layers size={13} aria-hidden />
            <Trans>Collect over time</Trans>
          </Link>
        </>
      )}
      {mayRepeat && !open && (
        <Button tone={run.state === "succeeded" ? "plain" : "primary"} icon={<RotateCw size={13} aria-hidden />} shortcut="r" busy={again.isPending} onClick={repeat}>
          <Trans>Run again</Trans>
        </Button>
      )}
      <Suspense>
        {alerting && run.workflow !== null && (
          <AlertDialog
            subject={{ kind: "workflow", id: run.workflow.id, name: run.workflow.name, workflowId: run.workflow.id }}
            columns={run.columns ?? []}
            onClose={() => setAlerting(false)}
          />
        )}
      </Suspense>
      {keeping && <KeepDialog run={run} onClose={() => setKeeping(false)} />}
    </>
  );
}

function KeepDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [name, setName] = useState(() => withoutDates(run.name) || run.name);
  const keep = useAct({
    work: () => {
      const body = { name: name.trim() };
      return post<Workflow>(`/amc/runs/${run.id}/save-as-workflow`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/amc/workflows", "list"]],
    done: (made) => t`${made.name} is in the library`,
    refused: t`Nothing was saved`,
    onDone: (made) => void navigate({ to: "/amc/library/$workflowId", params: { workflowId: made.id } }),
    onRefused: attempt.refused,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Save as a workflow</Trans>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") keep.mutate();
        }}
      >
        <TextField label={t`Name`} autoFocus maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={keep.isPending} disabled={name.trim() === ""}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
