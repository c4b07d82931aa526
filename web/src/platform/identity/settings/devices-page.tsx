import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import type { DeviceSession } from "@/kernel/api-types";
import { post, remove } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

const path = "/auth/sessions";
const key = [path];

export function DevicesPage() {
  useTitle(t`Devices`);
  const end = useUndoable(key);
  const others = useKeysetList<DeviceSession>(path, {}).rows.some(({ current }) => !current);
  const endOthers = useAct({
    work: () => post(`${path}/revoke-others`),
    refresh: [key],
    done: () => t`Every other session has ended`,
    refused: t`The other sessions stay open`,
  });
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Devices</Trans>}
        below={<Trans>Where you are signed in. End what you do not know.</Trans>}
        actions={
          others && (
            <Button busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
              <Trans>End all others</Trans>
            </Button>
          )
        }
      />
      <RecordList<DeviceSession>
        path={path}
        empty={null}
        row={(session) => (
          <Line
            title={session.device}
            detail={
              <>
                <span>{session.ip}</span>
                <span>
                  <Trans>since {formatShort(session.created_at)}</Trans>
                </span>
                <span>
                  <Trans>last used {formatShort(session.last_used_at)}</Trans>
                </span>
              </>
            }
            state={
              session.current && (
                <Badge tone="ok">
                  <Trans>This one</Trans>
                </Badge>
              )
            }
            actions={
              !session.current && (
                <Button
                  onClick={() =>
                    end({
                      id: session.id,
                      done: t`Session on ${session.device} ended`,
                      refused: t`The session stays open`,
                      work: () => remove(`${path}/${session.id}`),
                    })
                  }
                >
                  <Trans>End</Trans>
                </Button>
              )
            }
          />
        )}
      />
    </div>
  );
}
