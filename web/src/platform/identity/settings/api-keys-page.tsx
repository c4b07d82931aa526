import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import type { ApiKey } from "@/kernel/api-types";
import { post, remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useIsEmpty } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { useWanted } from "@/kernel/making";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import { KeyDialog } from "./key-dialog";
import { KeyShown } from "./key-shown";

const ApiLog = lazy(() => import("./api-log").then((file) => ({ default: file.ApiLog })));
const route = getRouteApi("/app/settings/api-keys");
const key = ["/api-keys"];
const overlapSeconds = 86_400;

export function ApiKeysPage() {
  useTitle(t`API keys`);
  const [making, setMaking] = useState(useWanted("/settings/api-keys"));
  const [shown, setShown] = useState<string | null>(null);
  const empty = useIsEmpty("/api-keys");
  const { tab = "keys" } = route.useSearch();
  const go = route.useNavigate();
  useCommands("api-keys", [{ id: "new-key", label: t`New API key`, key: "n", group: t`API keys`, run: () => setMaking(true) }]);
  const make = (
    <Button tone="primary" shortcut="n" icon={<Plus size={13} aria-hidden />} onClick={() => setMaking(true)}>
      <Trans>New key</Trans>
    </Button>
  );
  return (
    <>
      <PageHead
        title={<Trans>API keys</Trans>}
        below={<Trans>A key names this organisation and one application; it may do what its scopes say.</Trans>}
        {...(empty ? {} : { actions: make })}
      />
      <Tabs
        label={t`Keys and their calls`}
        value={tab}
        onChange={(next) => void go({ search: next === "keys" ? {} : { tab: next }, replace: true })}
        tabs={[
          {
            value: "keys",
            label: <Trans>Keys</Trans>,
            content: (
              <div className="max-w-1000">
                <RecordList<ApiKey>
                  path="/api-keys"
                  empty={
                    <EmptyState title={<Trans>No key yet</Trans>} action={make}>
                      <Trans>Make one to let a program of yours call the API.</Trans>
                    </EmptyState>
                  }
                  row={(entry) => <KeyLine entry={entry} onShown={setShown} />}
                />
              </div>
            ),
          },
          {
            value: "log",
            label: <Trans>Log</Trans>,
            content: (
              <Suspense fallback={<RowsSkeleton />}>
                <ApiLog />
              </Suspense>
            ),
          },
        ]}
      />
      {making && (
        <KeyDialog
          onClose={() => setMaking(false)}
          onMade={(value) => {
            setMaking(false);
            setShown(value);
          }}
        />
      )}
      {shown !== null && <KeyShown value={shown} onClose={() => setShown(null)} />}
    </>
  );
}

function KeyLine({ entry, onShown }: { entry: ApiKey; onShown: (value: string) => void }) {
  const drop = useUndoable(key);
  const rotate = useAct({
    work: () => post<{ key: string }>(`/api-keys/${entry.id}/rotate`, { overlap_seconds: overlapSeconds }),
    refresh: [key],
    done: () => t`New key made; the old one works for one more day`,
    refused: t`The key was not rotated`,
    onDone: (made) => onShown(made.key),
  });
  return (
    <Line
      title={entry.name}
      detail={
        <>
          <code className="font-mono">{entry.prefix}…</code>
          <span>{entry.scopes.join(", ")}</span>
          <span>{entry.last_used_at === null ? <Trans>never used</Trans> : <Trans>last used {formatShort(entry.last_used_at)}</Trans>}</span>
          <span>
            <Trans>ends {formatShort(entry.expires_at)}</Trans>
          </span>
        </>
      }
      state={<Badge tone={plainTone(entry.state)}>{entry.state}</Badge>}
      actions={
        entry.state === "active" && (
          <>
            <Button busy={rotate.isPending} onClick={() => rotate.mutate()}>
              <Trans>Rotate</Trans>
            </Button>
            <Button
              tone="danger"
              onClick={() =>
                drop({
                  id: entry.id,
                  done: t`Key ${entry.name} revoked`,
                  refused: t`The key still works`,
                  work: () => remove(`/api-keys/${entry.id}`),
                })
              }
            >
              <Trans>Revoke</Trans>
            </Button>
          </>
        )
      }
    />
  );
}
