import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { remove } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { useAct } from "@/ui/use-act";

import type { Connection } from "../types";

const path = "/amc/connections";

/** Ends a sign-in with Amazon, once it is said what is lost by it: no undo brings a token back. */
export function DisconnectDialog({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const { id, name, state, instances } = connection;
  const end = useAct({
    work: () => remove(`${path}/${id}`),
    refresh: [[path], ["/amc/instances"]],
    done: () => t`${name} is disconnected`,
    refused: t`The connection stays`,
    onDone: onClose,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Disconnect {name}?</Trans>}>
      {state === "connecting" ? (
        <p>
          <Trans>Nobody has signed in at Amazon for it yet: nothing is lost but its name in this list.</Trans>
        </p>
      ) : (
        <>
          <p>
            <Trans>The permission that Amazon gave is forgotten at once. It cannot be undone: somebody has to sign in at Amazon again.</Trans>
          </p>
          <h3 className="mt-21 text-12 font-semibold">
            <Trans>What stops</Trans>
          </h3>
          <ul className="mt-5 list-disc pl-21 text-12">
            <li>
              <Plural value={instances} one="Nothing can be run for its # client any more" other="Nothing can be run for its # clients any more" />
            </li>
            <li>
              <Trans>Their schedules and collections rest; after a new sign-in they go on</Trans>
            </li>
            <li>
              <Trans>Runs under way at AMC bring no result</Trans>
            </li>
          </ul>
          <h3 className="mt-13 text-12 font-semibold">
            <Trans>What stays</Trans>
          </h3>
          <p className="mt-5 text-12">
            <Trans>Clients, their mapping, every run and its rows, to be read as before.</Trans>
          </p>
        </>
      )}
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Keep it</Trans>
        </Button>
        <Button tone="danger" size="normal" busy={end.isPending} onClick={() => end.mutate()}>
          <Trans>Disconnect</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
