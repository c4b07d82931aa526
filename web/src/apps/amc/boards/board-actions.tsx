import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { MoreHorizontal, Pencil, Printer, Share2, SlidersHorizontal, Trash2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useUndoable } from "@/ui/use-undoable";

import { NameDialog } from "../list/name-dialog";
import { permissions } from "../permissions";
import type { Board } from "./types";
import { boardPath, type Asked } from "./use-board";

const key = [boardPath];
const EditMeasures = lazy(() => import("./edit-measures").then((file) => ({ default: file.EditMeasures })));
const SnapshotsDialog = lazy(() => import("./snapshots-dialog").then((file) => ({ default: file.SnapshotsDialog })));

interface BoardActionsProps {
  board: Board;
  clients: readonly { id: string; name: string }[];
  asked: Asked;
}

/** What may be done with a dashboard: choose its measures, freeze it for somebody, name it anew, take it away. */
export function BoardActions({ board, clients, asked }: BoardActionsProps) {
  const can = useCan();
  const navigate = useNavigate();
  const [shown, setShown] = useState<"measures" | "snapshots" | "name" | null>(null);
  const { id, name } = board;
  const mayEdit = can(...permissions.edit);
  const drop = useUndoable(key);
  const end = () => {
    drop({ id, done: t`${name} is gone; its collection stays`, refused: t`The dashboard stays`, work: () => remove(`${boardPath}/${id}`) });
    void navigate({ to: "/amc/boards" });
  };
  const edit = () => setShown("measures");
  const share = () => setShown("snapshots");
  useCommands("amc.board", [
    ...(mayEdit
      ? [
          { id: "measures", label: t`Edit the measures`, key: "e", group: t`This dashboard`, run: edit },
          { id: "snapshots", label: t`Snapshots`, key: "s", group: t`This dashboard`, run: share },
        ]
      : []),
    { id: "print", label: t`Print`, group: t`This dashboard`, run: () => window.print() },
  ]);
  const close = () => setShown(null);
  return (
    <div className="flex flex-wrap items-center gap-8 print:hidden">
      <Menu
        trigger={
          <IconButton label={t`More for ${name}`}>
            <MoreHorizontal size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Printer size={13} aria-hidden />} onSelect={() => window.print()}>
          <Trans>Print</Trans>
        </MenuItem>
        <MenuItem icon={<Pencil size={13} aria-hidden />} disabled={!mayEdit} onSelect={() => setShown("name")}>
          <Trans>Rename</Trans>
        </MenuItem>
        <MenuItem danger icon={<Trash2 size={13} aria-hidden />} disabled={!mayEdit} onSelect={end}>
          <Trans>Take it away</Trans>
        </MenuItem>
      </Menu>
      {mayEdit && (
        <>
          <Button icon={<SlidersHorizontal size={13} aria-hidden />} shortcut="e" onClick={edit}>
            <Trans>Measures</Trans>
          </Button>
          <Button tone="primary" icon={<Share2 size={13} aria-hidden />} shortcut="s" onClick={share}>
            <Trans>Snapshots</Trans>
          </Button>
        </>
      )}
      <Suspense>
        {shown === "measures" && <EditMeasures board={board} onClose={close} />}
        {shown === "snapshots" && <SnapshotsDialog board={board} clients={clients} asked={asked} onClose={close} />}
      </Suspense>
      {shown === "name" && (
        <NameDialog path={boardPath} row={board} onClose={close} />
      )}
    </div>
  );
}
