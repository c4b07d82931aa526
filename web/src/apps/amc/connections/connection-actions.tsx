import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { MoreHorizontal, Plug, RefreshCw, Unplug } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { post } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Connection } from "../types";
import { toAmazon } from "./to-amazon";

const DisconnectDialog = lazy(() => import("./disconnect-dialog").then((file) => ({ default: file.DisconnectDialog })));
const path = "/amc/connections";

/** What may be done with a connection: sign in anew, read its instances, end it. */
export function ConnectionActions({ connection }: { connection: Connection }) {
  const can = useCan();
  const [ending, setEnding] = useState(false);
  const { id, name, state } = connection;
  const reconnect = useAct({
    work: () => post<{ authorization_url: string }>(`${path}/${id}/reconnect`),
    refresh: [],
    refused: t`Signing in could not begin`,
    onDone: ({ authorization_url }) => toAmazon(authorization_url),
  });
  const sync = useAct({
    work: () => post(`${path}/${id}/sync`),
    refresh: [[path]],
    done: () => t`${name} is being read from AMC`,
    refused: t`Nothing was read`,
  });
  if (!can(...permissions.manage)) return null;
  return (
    <>
      {state === "healthy" ? (
        <Button icon={<RefreshCw size={13} aria-hidden />} busy={sync.isPending} onClick={() => sync.mutate()}>
          <Trans>Read anew</Trans>
        </Button>
      ) : (
        <Button tone="primary" icon={<Plug size={13} aria-hidden />} busy={reconnect.isPending} onClick={() => reconnect.mutate()}>
          <Trans>Sign in again</Trans>
        </Button>
      )}
      {state !== "disconnected" && (
        <Menu
          trigger={
            <IconButton label={t`More for ${name}`}>
              <MoreHorizontal size={16} aria-hidden />
            </IconButton>
          }
        >
          {state === "healthy" && (
            <MenuItem icon={<Plug size={13} aria-hidden />} onSelect={() => reconnect.mutate()}>
              <Trans>Sign in again</Trans>
            </MenuItem>
          )}
          <MenuItem danger icon={<Unplug size={13} aria-hidden />} onSelect={() => setEnding(true)}>
            <Trans>Disconnect</Trans>
          </MenuItem>
        </Menu>
      )}
      <Suspense>{ending && <DisconnectDialog connection={connection} onClose={() => setEnding(false)} />}</Suspense>
    </>
  );
}
