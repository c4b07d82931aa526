import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Archive, BellRing, GitFork, Layers, MoreHorizontal, Pencil, Play, Undo2, WandSparkles } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post, remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem, MenuLine } from "@/ui/menu";
import { say } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { useUnarchive } from "../library/use-unarchive";
import { workflowPath } from "../library/use-workflow";
import { permissions } from "../permissions";
import type { Workflow } from "../types";
import type { useDraft } from "./draft";

const AlertDialog = lazy(() => import("../alerts/alert-dialog").then((file) => ({ default: file.AlertDialog })));
const WorkflowDetails = lazy(() => import("../library/workflow-details").then((file) => ({ default: file.WorkflowDetails })));
const SaveDialog = lazy(() => import("./save-dialog").then((file) => ({ default: file.SaveDialog })));
const RunHere = lazy(() => import("./run-here").then((file) => ({ default: file.RunHere })));

interface EditorActionsProps {
  workflow: Workflow;
  work: ReturnType<typeof useDraft>;
  onFormat: () => void;
}

/** The verbs of a workflow: run it, save what was written, and the rarer ones in a menu. */
export function EditorActions({ workflow, work, onFormat }: EditorActionsProps) {
  const can = useCan();
  const navigate = useNavigate();
  const [shown, setShown] = useState<"save" | "details" | "run" | "alert" | null>(null);
  const attempt = useAttempt();
  const [mayEdit, mayRun] = [can(...permissions.edit), can(...permissions.run)];
  const { id, name } = workflow;
  const fork = useAct({
    work: () => {
      const body = { name: t`${name} (copy)` };
      return post<Workflow>(`${workflowPath}/${id}/fork`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[workflowPath, "list"]],
    done: (made) => t`${made.name} is yours`,
    refused: t`No copy was made`,
    onDone: (made) => void navigate({ to: "/amc/library/$workflowId", params: { workflowId: made.id } }),
    onRefused: attempt.refused,
  });
  const restore = useUnarchive(workflow);
  const archive = useAct({
    work: () => remove(`${workflowPath}/${id}`, { version: workflow.version }),
    refresh: [[workflowPath]],
    refused: t`The workflow stays`,
    onDone: () => {
      say({ title: t`${name} is archived`, undo: () => restore.mutate() });
      void navigate({ to: "/amc/library" });
    },
  });
  const save = () => setShown("save");
  const run = () => setShown("run");
  useCommands("amc.workflow", [
    ...(mayRun ? [{ id: "run", label: t`Run it`, key: "r", group: t`This workflow`, run }] : []),
    ...(mayEdit && work.dirty ? [{ id: "save", label: t`Save a new version`, key: "s", group: t`This workflow`, run: save }] : []),
    ...(mayEdit ? [{ id: "format", label: t`Lay the query out`, key: "f", group: t`This workflow`, run: onFormat }] : []),
  ]);
  const close = () => setShown(null);
  return (
    <>
      {mayEdit && (
        <IconButton label={t`Lay the query out`} onClick={onFormat}>
          <WandSparkles size={16} aria-hidden />
        </IconButton>
      )}
      <Menu
        trigger={
          <IconButton label={t`More for ${name}`}>
            <MoreHorizontal size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil size={13} aria-hidden />} disabled={!mayEdit} onSelect={() => setShown("details")}>
          <Trans>Details</Trans>
        </MenuItem>
        <MenuItem icon={<GitFork size={13} aria-hidden />} disabled={!mayEdit} onSelect={() => fork.mutate()}>
          <Trans>Make a copy of my own</Trans>
        </MenuItem>
        <MenuItem icon={<BellRing size={13} aria-hidden />} disabled={!mayEdit} onSelect={() => setShown("alert")}>
          <Trans>Alert me on its results</Trans>
        </MenuItem>
        <MenuItem
          icon={<Layers size={13} aria-hidden />}
          disabled={!mayEdit}
          onSelect={() => void navigate({ to: "/amc/runs/collections/new", search: { workflow: id } })}
        >
          <Trans>Collect over time</Trans>
        </MenuItem>
        <MenuItem icon={<Undo2 size={13} aria-hidden />} disabled={!work.dirty} onSelect={work.drop}>
          <Trans>Give up what is not saved</Trans>
        </MenuItem>
        <MenuLine />
        <MenuItem danger icon={<Archive size={13} aria-hidden />} disabled={!mayEdit} onSelect={() => archive.mutate()}>
          <Trans>Archive</Trans>
        </MenuItem>
      </Menu>
      {mayEdit && (
        <Button tone={work.dirty ? "primary" : "plain"} shortcut="s" disabled={!work.dirty} onClick={save}>
          <Trans>Save a new version</Trans>
        </Button>
      )}
      {mayRun && (
        <Button tone={work.dirty ? "plain" : "primary"} icon={<Play size={13} aria-hidden />} shortcut="r" onClick={run}>
          <Trans>Run it</Trans>
        </Button>
      )}
      <Suspense>
        {shown === "details" && <WorkflowDetails workflow={workflow} onClose={close} />}
        {shown === "alert" && <AlertDialog subject={{ kind: "workflow", id, name, workflowId: id }} onClose={close} />}
        {shown === "save" && <SaveDialog workflow={workflow} work={work} onClose={close} />}
        {shown === "run" && <RunHere workflow={workflow} draft={work.dirty ? work.draft : null} onClose={close} />}
      </Suspense>
    </>
  );
}
