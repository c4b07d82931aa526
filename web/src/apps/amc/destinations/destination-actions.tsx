import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { FlaskConical, MoreHorizontal, Trash2 } from "lucide-react";

import { post, remove } from "@/kernel/client";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { say, sayRefused } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import type { Destination } from "./types";

const path = "/amc/destinations";

/** Whether it would take a result now, and the way to take it off the list. */
export function DestinationActions({ destination: { id, name } }: { destination: Destination }) {
  const test = useAct({
    work: () => post<{ ok: boolean; problem: string | null }>(`${path}/${id}/test`),
    refresh: [],
    refused: t`It could not be tried`,
    onDone: ({ ok, problem }) => {
      if (ok) say({ title: t`${name} takes results` });
      else sayRefused(t`${name} takes nothing`, problem ?? "");
    },
  });
  const end = useAct({
    work: () => remove(`${path}/${id}`),
    refresh: [[path]],
    done: () => t`${name} is no destination any more`,
    refused: t`The destination stays`,
  });
  return (
    <>
      <Button icon={<FlaskConical size={13} aria-hidden />} busy={test.isPending} onClick={() => test.mutate()}>
        <Trans>Try it</Trans>
      </Button>
      <Menu
        trigger={
          <IconButton label={t`More for ${name}`}>
            <MoreHorizontal size={16} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem danger icon={<Trash2 size={13} aria-hidden />} onSelect={() => end.mutate()}>
          <Trans>Remove it</Trans>
        </MenuItem>
      </Menu>
    </>
  );
}
