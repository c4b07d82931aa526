import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post, remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useWanted } from "@/kernel/making";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import type { AlertChannel } from "../status-types";
import { useMay } from "../use-access";
import { ChannelDialog } from "./channel-dialog";

const path = "/admin/alert-channels";

/** Addresses that are told of alerts beside the mails: each message is signed. */
export function Channels() {
  const [adding, setAdding] = useState(useWanted("/console/alerts", "channel"));
  const may = useMay();
  useCommands(
    "console-channels",
    may("status:write") ? [{ id: "channel", label: t`Add a webhook for alerts`, group: t`Alerts`, run: () => setAdding(true) }] : [],
  );
  return (
    <Section
      level
      title={<Trans>Webhooks</Trans>}
      hint={<Trans>Each is told of every alert by a signed POST, tried again until it arrives.</Trans>}
      actions={
        may("status:write") && (
          <Button onClick={() => setAdding(true)}>
            <Trans>Add a webhook</Trans>
          </Button>
        )
      }
    >
      <RecordList<AlertChannel>
        path={path}
        empty={
          <p className="p-21 text-12 text-muted">
            <Trans>Nobody is told but by mail.</Trans>
          </p>
        }
        row={(channel) => <ChannelLine channel={channel} may={may("status:write")} />}
      />
      {adding && <ChannelDialog onClose={() => setAdding(false)} />}
    </Section>
  );
}

function ChannelLine({ channel: { id, url, told_at, last_error }, may }: { channel: AlertChannel; may: boolean }) {
  const drop = useUndoable([path]);
  const tried = useAct({
    work: () => post(`${path}/${id}/test`),
    refresh: [[path]],
    done: () => t`A message is on its way to ${url}`,
    refused: t`Nothing was sent`,
  });
  return (
    <Line
      title={<code className="font-mono text-12">{url}</code>}
      detail={
        <>
          {last_error !== null && <span className="text-bad">{last_error}</span>}
          <span>{told_at === null ? t`never reached` : t`reached ${formatShort(told_at)}`}</span>
        </>
      }
      state={last_error === null ? undefined : <Badge tone="bad">{t`failing`}</Badge>}
      actions={
        may && (
          <>
            <Button aria-label={t`Try ${url}`} busy={tried.isPending} onClick={() => tried.mutate()}>
              <Trans>Try</Trans>
            </Button>
            <Button
              tone="danger"
              aria-label={t`Remove ${url}`}
              onClick={() =>
                drop({ id, done: t`${url} is told no longer`, refused: t`${url} stays`, work: () => remove(`${path}/${id}`) })
              }
            >
              <Trans>Remove</Trans>
            </Button>
          </>
        )
      }
    />
  );
}
