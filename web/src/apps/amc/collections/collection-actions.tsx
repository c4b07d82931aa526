import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Archive, ChartNoAxesCombined, MoreHorizontal, Pause, Pencil, Play } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post, remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useCan } from "@/kernel/me";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import type { Board } from "../boards/types";
import { permissions } from "../permissions";
import type { Collection } from "./types";
import { collectionPath } from "./use-collection";

const NameDialog = lazy(() => import("../list/name-dialog").then((file) => ({ default: file.NameDialog })));
import { useHold } from "./use-hold";

const key = [collectionPath];

/** What may be done with a collection now: hold it or let it go on, and make a dashboard of it in one click. */
export function CollectionActions({ collection }: { collection: Collection }) {
  const can = useCan();
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [naming, setNaming] = useState(false);
  const { id, name, state, counts } = collection;
  const mayEdit = can(...permissions.edit);
  const ready = counts.settled + counts.provisional > 0;
  const move = useHold(collection);
  const drop = useUndoable(key);
  const end = () => {
    drop({ id, done: t`${name} is archived; its runs stay`, refused: t`The collection stays`, work: () => remove(`${collectionPath}/${id}`) });
    void navigate({ to: "/amc/runs/collections" });
  };
  const make = useAct({
    work: () => post<Board>(`${collectionPath}/${id}/board`, {}, { idempotencyKey: attempt.key(id) }),
    refresh: [["/amc/boards", "list"]],
    done: (board) => t`${board.name} is made`,
    refused: t`No dashboard was made`,
    onDone: (board) => void navigate({ to: "/amc/boards/$boardId", params: { boardId: board.id } }),
    onRefused: attempt.refused,
  });
  const held = state === "paused";
  const turn = () => move.mutate(held ? "resume" : "pause");
  useCommands("amc.collection", [
    ...(mayEdit && ready ? [{ id: "board", label: t`Make a dashboard`, key: "d", group: t`This collection`, run: () => make.mutate() }] : []),
    ...(mayEdit && state !== "complete" ? [{ id: "turn", label: held ? t`Go on` : t`Hold`, key: "p", group: t`This collection`, run: turn }] : []),
  ]);
  if (!mayEdit) return null;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t`More for ${name}`}>
            <MoreHorizontal size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil size={13} aria-hidden />} onSelect={() => setNaming(true)}>
          <Trans>Rename</Trans>
        </MenuItem>
        <MenuItem danger icon={<Archive size={13} aria-hidden />} onSelect={end}>
          <Trans>Archive</Trans>
        </MenuItem>
      </Menu>
      {state !== "complete" && collection.pause_reason === null && (
        <Button icon={held ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />} shortcut="p" busy={move.isPending} onClick={turn}>
          {held ? <Trans>Go on</Trans> : <Trans>Hold</Trans>}
        </Button>
      )}
      <Button
        tone="primary"
        icon={<ChartNoAxesCombined size={13} aria-hidden />}
        shortcut="d"
        disabled={!ready}
        busy={make.isPending}
        onClick={() => make.mutate()}
      >
        <Trans>Make a dashboard</Trans>
      </Button>
      <Suspense>
        {naming && <NameDialog path={collectionPath} row={collection} onClose={() => setNaming(false)} />}
      </Suspense>
    </>
  );
}
