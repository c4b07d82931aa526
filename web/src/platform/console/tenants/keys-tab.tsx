import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { remove } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useUndoable } from "@/ui/use-undoable";

import type { AttendedKey } from "../types";
import { useMay } from "../use-access";

/** A tenant's API keys: who calls in its name, and an end to it. Keys are made by the tenant alone. */
export function KeysTab({ tenantId }: { tenantId: string }) {
  const path = `/admin/tenants/${tenantId}/api-keys`;
  const may = useMay();
  const drop = useUndoable([path]);
  return (
    <div className="max-w-1000">
      <RecordList<AttendedKey>
        path={path}
        empty={
          <EmptyState title={<Trans>No key yet</Trans>}>
            <Trans>The organisation makes its keys itself.</Trans>
          </EmptyState>
        }
        row={(entry) => (
          <Line
            title={entry.name}
            detail={
              <>
                <code className="font-mono">{entry.prefix}…</code>
                <span>{entry.application_name}</span>
                <span className="break-all">{entry.scopes.join(", ")}</span>
                <span>
                  {entry.last_used_at === null ? (
                    <Trans>never used</Trans>
                  ) : (
                    <Trans>last used {formatShort(entry.last_used_at)}</Trans>
                  )}
                </span>
                <span>
                  <Trans>ends {formatShort(entry.expires_at)}</Trans>
                </span>
              </>
            }
            state={<Badge tone={plainTone(entry.state)}>{entry.state}</Badge>}
            actions={
              entry.state === "active" &&
              may("tenants:write") && (
                <Button
                  tone="danger"
                  aria-label={t`Revoke ${entry.name}`}
                  onClick={() =>
                    drop({
                      id: entry.id,
                      done: t`Key ${entry.name} revoked`,
                      refused: t`The key still works`,
                      work: () => remove(`${path}/${entry.id}`),
                    })
                  }
                >
                  <Trans>Revoke</Trans>
                </Button>
              )
            }
          />
        )}
      />
    </div>
  );
}
