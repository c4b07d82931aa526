import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Plug } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useIsEmpty } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { useWanted } from "@/kernel/making";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { clientTabs } from "../clients/client-tabs";
import { LinkTabs } from "../list/link-tabs";
import { permissions } from "../permissions";
import type { Connection } from "../types";
import { ConnectionBadge, regionWord } from "../words";
import { ConnectionActions } from "./connection-actions";

const ConnectDialog = lazy(() => import("./connect-dialog").then((file) => ({ default: file.ConnectDialog })));
const path = "/amc/connections";

export function ConnectionsPage() {
  useTitle(t`Connections`);
  const can = useCan();
  const [connecting, setConnecting] = useState(useWanted(path));
  const empty = useIsEmpty(path);
  const may = can(...permissions.manage);
  const connect = () => setConnecting(true);
  useLive({ module: "amc", refresh: [[path, "list"], ["/amc/instances", "list"]] });
  useCommands("amc.connections", may ? [{ id: "connect", label: t`Connect an Amazon account`, key: "n", group: t`Connections`, run: connect }] : []);
  const button = may && (
    <Button tone="primary" icon={<Plug size={13} aria-hidden />} shortcut="n" onClick={connect}>
      <Trans>Connect an Amazon account</Trans>
    </Button>
  );
  return (
    <>
      <PageHead
        title={<Trans>Clients</Trans>}
        below={<Trans>Each sign-in with Amazon brings the AMC instances of that account.</Trans>}
        {...(empty ? {} : { actions: button })}
      />
      <LinkTabs label={t`Clients and connections`} tabs={clientTabs()} />
      <RecordList<Connection>
        path={path}
        row={(connection) => <ConnectionLine connection={connection} />}
        empty={
          <EmptyState title={<Trans>Nothing is connected yet</Trans>} action={button}>
            <Trans>You sign in at Amazon; the password never comes here, only a sealed permission to ask AMC.</Trans>
          </EmptyState>
        }
      />
      <Suspense>{connecting && <ConnectDialog onClose={() => setConnecting(false)} />}</Suspense>
    </>
  );
}

function ConnectionLine({ connection }: { connection: Connection }) {
  const { refreshed_at, access_expires_at } = connection;
  return (
    <div className="py-5">
      <Line
        title={<span className="font-medium">{connection.name}</span>}
        detail={
          <>
            <span>{regionWord(connection.region)}</span>
            <span>
              <Plural value={connection.accounts} one="# account" other="# accounts" />
            </span>
            <span>
              <Plural value={connection.instances} one="# client" other="# clients" />
            </span>
            {refreshed_at !== null && (
              <span title={access_expires_at === null ? undefined : t`Holds until ${formatInstant(access_expires_at)}`}>
                <Trans>Renewed {formatInstant(refreshed_at)}</Trans>
              </span>
            )}
          </>
        }
        state={
          <span className="flex flex-wrap items-center gap-5">
            {connection.is_twin && (
              <Badge tone="info">
                <Trans>Local AMC</Trans>
              </Badge>
            )}
            {connection.expires_soon ? (
              <Badge tone="warn">
                <Trans>Renewing fails</Trans>
              </Badge>
            ) : (
              <ConnectionBadge state={connection.state} />
            )}
          </span>
        }
        actions={<ConnectionActions connection={connection} />}
      />
      {connection.state_reason !== null && (
        // A healthy one has it where Amazon gives one of its accounts away only later: its terms are not accepted.
        <p className={connection.state === "healthy" ? "mt-5 text-12 text-warn" : "mt-5 text-12 text-bad"}>{connection.state_reason}</p>
      )}
    </div>
  );
}
