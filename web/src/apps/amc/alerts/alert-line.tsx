import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Mail, MoreHorizontal, Send, Trash2, Webhook } from "lucide-react";

import { post, remove } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button, IconButton } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { Line } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import { conditionText } from "./condition-words";
import type { Alert, ChannelShown } from "./types";

function where(channel: ChannelShown): string {
  if (channel.kind === "mail") return channel.to;
  return channel.url === null ? t`A webhook` : new URL(channel.url).host;
}

/** One alert: what it watches and when it tells, whom, and when it did last. */
export function AlertLine({ alert, withSubject }: { alert: Alert; withSubject: boolean }) {
  const can = useCan();
  const { id, name, last_firing: last } = alert;
  const trial = useAct({
    work: () => post(`/amc/alerts/${id}/test`),
    refresh: [],
    done: () => t`A trial of ${name} is on its way`,
    refused: t`Nothing was sent`,
  });
  const end = useAct({
    work: () => remove(`/amc/alerts/${id}`),
    refresh: [["/amc/alerts"]],
    done: () => t`${name} is watched no more`,
    refused: t`The alert stays`,
  });
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
              {where(channel)}
            </span>
          ))}
          {last !== null && (
            <Link to="/amc/runs/$runId" params={{ runId: last.run_id }} className="text-link underline underline-offset-2">
              <Trans>
                {last.value ?? "–"} on {formatShort(last.fired_at)}
              </Trans>
            </Link>
          )}
        </>
      }
      state={last === null ? <Badge tone="ok">{t`Quiet so far`}</Badge> : <Badge tone="warn">{t`Has told`}</Badge>}
      actions={
        can(...permissions.edit) && (
          <>
            <Button icon={<Send size={13} aria-hidden />} busy={trial.isPending} onClick={() => trial.mutate()}>
              <Trans>Try it</Trans>
            </Button>
            <Menu
              trigger={
                <IconButton label={t`More for ${name}`}>
                  <MoreHorizontal size={16} aria-hidden />
                </IconButton>
              }
            >
              <MenuItem danger icon={<Trash2 size={13} aria-hidden />} onSelect={() => end.mutate()}>
                <Trans>Watch it no more</Trans>
              </MenuItem>
            </Menu>
          </>
        )
      }
    />
  );
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
