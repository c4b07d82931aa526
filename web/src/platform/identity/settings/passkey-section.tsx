import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { KeyRound, Trash2 } from "lucide-react";
import { useState } from "react";

import type { Passkey } from "@/kernel/api-types";
import { remove } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Button, IconButton } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import { addPasskey, passkeysWork } from "../passkeys";

const path = "/auth/passkeys";
const key = [path];

export function PasskeySection() {
  const [naming, setNaming] = useState<string | null>(null);
  const drop = useUndoable(key);
  const add = useAct({
    work: addPasskey,
    refresh: [key],
    done: () => t`Passkey added`,
    refused: t`No passkey was added`,
    onDone: () => setNaming(null),
  });
  return (
    <Section
      title={<Trans>Passkeys</Trans>}
      hint={<Trans>A passkey signs you in with this device&rsquo;s own lock and cannot be phished.</Trans>}
      actions={
        passkeysWork() && (
          <Button icon={<KeyRound size={13} aria-hidden />} onClick={() => setNaming("")}>
            <Trans>Add a passkey</Trans>
          </Button>
        )
      }
    >
      <RecordList<Passkey>
        path={path}
        empty={
          <p className="p-21 text-12 text-muted">
            <Trans>No passkey yet. Add one on this device to sign in without mail or password.</Trans>
          </p>
        }
        row={(passkey) => (
          <Line
            title={passkey.name}
            detail={<Trans>Added {formatShort(passkey.created_at)}</Trans>}
            actions={
              <IconButton
                label={t`Remove ${passkey.name}`}
                onClick={() =>
                  drop({
                    id: passkey.id,
                    done: t`Passkey removed`,
                    refused: t`The passkey stays`,
                    work: () => remove(`${path}/${passkey.id}`),
                  })
                }
              >
                <Trash2 size={16} aria-hidden />
              </IconButton>
            }
          />
        )}
      />
      <Dialog open={naming !== null} onClose={() => setNaming(null)} title={<Trans>Add a passkey</Trans>}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add.mutate((naming ?? "").trim() || t`Passkey`);
          }}
        >
          <TextField
            label={t`Name of this device`}
            placeholder={t`Work laptop`}
            value={naming ?? ""}
            maxLength={60}
            autoFocus
            onChange={(event) => setNaming(event.target.value)}
          />
          <DialogActions>
            <Button tone="primary" size="normal" type="submit" busy={add.isPending}>
              <Trans>Go on</Trans>
            </Button>
          </DialogActions>
        </form>
      </Dialog>
    </Section>
  );
}
