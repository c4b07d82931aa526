import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Mail, MoreHorizontal, Pause, Pencil, Play, Send, Trash2, Webhook } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { patch, post, remove } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { Line } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import { permissions } from "../permissions";
import { conditionText } from "./condition-words";
import { notSentText, standingText } from "./mail-words";
import type { Alert, ChannelShown, NotSent } from "./types";

const ChangeAlert = lazy(() => import("./change-alert").then((file) => ({ default: file.ChangeAlert })));
const key = ["/amc/alerts"];

function where(alert: Alert, channel: ChannelShown): string {
  if (channel.kind === "mail") {
    const standing = standingText(alert, channel.to);
    return standing === null ? channel.to : `${channel.to} (${standing})`;
  }
  return channel.url === null ? t`A webhook` : new URL(channel.url).host;
}

/** One alert: what it watches and when it tells, whom, and when it did last. */
export function AlertLine({ alert, withSubject }: { alert: Alert; withSubject: boolean }) {
  const can = useCan();
  const { id, name, last_firing: last } = alert;
  const trial = useAct({
    work: () => post<{ not_sent: NotSent[] }>(`/amc/alerts/${id}/test`),
    refresh: [key],
    done: ({ not_sent: missed }) => (missed[0] === undefined ? t`A trial of ${name} is on its way` : notSentText(missed[0])),
    refused: t`Nothing was sent`,
  });
  const [changing, setChanging] = useState(false);
  const rests = alert.paused_at !== null;
  const turn = useAct({
    work: () => patch(`/amc/alerts/${id}`, { paused: !rests }),
    refresh: [key],
    done: () => (rests ? t`${name} watches again` : t`${name} rests: new results are not looked at`),
    refused: t`The alert stays as it is`,
  });
  const lost = alert.rests_since !== null;
  // What is kept as it is by somebody who is there goes on in their name.
  const take = useAct({
    work: () => patch(`/amc/alerts/${id}`, { condition: alert.condition }, { version: alert.version }),
    refresh: [key],
    done: () => t`${name} goes on in your name`,
    refused: t`The alert stays as it is`,
  });
  const drop = useUndoable(key);
  const end = () =>
    drop({ id, done: t`${name} is watched no more`, refused: t`The alert stays`, work: () => remove(`/amc/alerts/${id}`) });
  return (
    <Line
      title={<span className="font-medium">{name}</span>}
      detail={
        <>
          <span>{conditionText(alert.condition)}</span>
          {withSubject && <About alert={alert} />}
          {alert.channels.map((channel, index) => (
            <span key={index} className="inline-flex items-center gap-3">
              {channel.kind === "mail" ? <Mail size={12} aria-hidden /> : <Webhook size={12} aria-hidden />}
              {where(alert, channel)}
            </span>
          ))}
          {lost && (
            <span>
              {alert.can_change ? (
                <Trans>Its maker has left or may not see runs any more. Taken over, it goes on in your name.</Trans>
              ) : (
                <Trans>Its maker has left or may not see runs any more. Somebody who sets up clients can take it over.</Trans>
              )}
            </span>
          )}
          {last !== null && (
            <Link to="/amc/runs/$runId" params={{ runId: last.run_id }} className="text-link underline underline-offset-2">
              <Trans>
                {last.value ?? "–"} on {formatShort(last.fired_at)}
              </Trans>
            </Link>
          )}
          {last?.not_sent.map((missed) => (
            <span key={missed.to} className="text-warn">
              {notSentText(missed)}
            </span>
          ))}
        </>
      }
      state={<AlertState alert={alert} />}
      actions={
        can(...permissions.edit) && (
          <>
            {lost && alert.can_change ? (
              <Button icon={<Play size={13} aria-hidden />} busy={take.isPending} onClick={() => take.mutate()}>
                <Trans>Take it over</Trans>
              </Button>
            ) : (
              <Button icon={<Send size={13} aria-hidden />} busy={trial.isPending} onClick={() => trial.mutate()}>
                <Trans>Try it</Trans>
              </Button>
            )}
            <Menu
              trigger={
                <IconButton label={t`More for ${name}`}>
                  <MoreHorizontal size={16} aria-hidden />
                </IconButton>
              }
            >
              <MenuItem icon={<Pencil size={13} aria-hidden />} onSelect={() => setChanging(true)}>
                <Trans>Change it</Trans>
              </MenuItem>
              <MenuItem icon={rests ? <Play size={13} aria-hidden /> : <Pause size={13} aria-hidden />} onSelect={() => turn.mutate()}>
                {rests ? <Trans>Watch again</Trans> : <Trans>Let it rest</Trans>}
              </MenuItem>
              <MenuItem danger icon={<Trash2 size={13} aria-hidden />} onSelect={end}>
                <Trans>Watch it no more</Trans>
              </MenuItem>
            </Menu>
            <Suspense>{changing && <ChangeAlert alert={alert} onClose={() => setChanging(false)} />}</Suspense>
          </>
        )
      }
    />
  );
}

function AlertState({ alert }: { alert: Alert }) {
  if (alert.paused_at !== null || alert.rests_since !== null) return <Badge tone="paused">{t`Rests`}</Badge>;
  return alert.last_firing === null ? <Badge tone="ok">{t`Quiet so far`}</Badge> : <Badge tone="warn">{t`Has told`}</Badge>;
}

function About({ alert }: { alert: Alert }) {
  const { about, workflow_id, schedule_id } = alert;
  if (about === null) return <span>{t`What it watched is gone`}</span>;
  const look = "text-link underline underline-offset-2";
  if (workflow_id !== null) {
    return (
      <Link to="/amc/library/$workflowId" params={{ workflowId: workflow_id }} className={look}>
        {about}
      </Link>
    );
  }
  return (
    <Link to="/amc/runs/schedules/$scheduleId" params={{ scheduleId: schedule_id ?? "" }} className={look}>
      {about}
    </Link>
  );
}
