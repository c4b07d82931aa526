import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { KeyRound } from "lucide-react";
import { useState } from "react";

import { remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useWanted } from "@/kernel/making";
import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useUndoable } from "@/ui/use-undoable";

import { AdminKeyDialog } from "./admin-key-dialog";
import { grantsSaid } from "./grant-words";
import type { AdminKey } from "./key-types";

const path = "/admin/keys";

/** Programs that run the platform: each key with its rights and its end. */
export function AdminKeys({ mayWrite }: { mayWrite: boolean }) {
  const [making, setMaking] = useState(useWanted("/console/operators", "key"));
  useCommands(
    "console-admin-keys",
    mayWrite ? [{ id: "key", label: t`Make an admin key`, group: t`Operators`, run: () => setMaking(true) }] : [],
  );
  const make = mayWrite && (
    <Button icon={<KeyRound size={13} aria-hidden />} onClick={() => setMaking(true)}>
      <Trans>Make a key</Trans>
    </Button>
  );
  return (
    <Section
      className="mt-34"
      title={<Trans>Admin API keys</Trans>}
      hint={<Trans>For programs that call the operators&rsquo; routes. Each has rights like an operator&rsquo;s and ends by itself.</Trans>}
      actions={make}
    >
      <RecordList<AdminKey>
        path={path}
        empty={
          <EmptyState title={<Trans>No admin key yet</Trans>}>
            <Trans>A program needs one to read or change anything here; people sign in instead.</Trans>
          </EmptyState>
        }
        row={(entry) => <KeyLine entry={entry} mayWrite={mayWrite} />}
      />
      {making && <AdminKeyDialog onClose={() => setMaking(false)} />}
    </Section>
  );
}

function KeyLine({ entry, mayWrite }: { entry: AdminKey; mayWrite: boolean }) {
  const drop = useUndoable([path]);
  const { id, name, state } = entry;
  return (
    <Line
      title={name}
      detail={
        <>
          <code className="font-mono">{entry.prefix}…</code>
          <span>{grantsSaid(entry.grants)}</span>
          <span>
            {state === "expired" ? (
              <Trans>ended {formatShort(entry.expires_at)}</Trans>
            ) : (
              <Trans>ends {formatShort(entry.expires_at)}</Trans>
            )}
          </span>
          {entry.created_by !== null && (
            <span>
              <Trans>made by {entry.created_by}</Trans>
            </span>
          )}
        </>
      }
      state={<Badge tone={plainTone(state)}>{state}</Badge>}
      actions={
        mayWrite &&
        state === "active" && (
          <Button
            tone="danger"
            aria-label={t`Revoke ${name}`}
            onClick={() =>
              drop({
                id,
                done: t`Key ${name} revoked`,
                refused: t`The key still works`,
                work: () => remove(`${path}/${id}`),
                refresh: [[path]],
              })
            }
          >
            <Trans>Revoke</Trans>
          </Button>
        )
      }
    />
  );
}
