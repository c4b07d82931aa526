import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { FlaskConical, MoreHorizontal, Pencil, Trash2 } from "lucide-react";

import { remove } from "@/kernel/client";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useUndoable } from "@/ui/use-undoable";

import type { Destination } from "./types";
import { destinationPath, sayTrial, useTrial } from "./use-trial";

const key = [destinationPath];

interface DestinationActionsProps {
  destination: Destination;
  onEdit: () => void;
}

/** Whether it would take a result now, its settings, and the way to take it off the list. */
export function DestinationActions({ destination, onEdit }: DestinationActionsProps) {
  const { id, name } = destination;
  const trial = useTrial(destination, (told) => sayTrial(name, told));
  const drop = useUndoable(key);
  const end = () =>
    drop({
      id,
      done: t`${name} is no destination any more`,
      refused: t`The destination stays`,
      work: () => remove(`${destinationPath}/${id}`),
      refresh: [key],
    });
  return (
    <>
      <Button icon={<FlaskConical size={13} aria-hidden />} busy={trial.isPending} onClick={() => trial.mutate()}>
        <Trans>Try it</Trans>
      </Button>
      <Menu
        trigger={
          <IconButton label={t`More for ${name}`}>
            <MoreHorizontal size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil size={13} aria-hidden />} onSelect={onEdit}>
          <Trans>Change it</Trans>
        </MenuItem>
        <MenuItem danger icon={<Trash2 size={13} aria-hidden />} onSelect={end}>
          <Trans>Remove it</Trans>
        </MenuItem>
      </Menu>
    </>
  );
}
