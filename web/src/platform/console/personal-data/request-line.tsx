import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { post } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Line } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";

import { useMay } from "../use-access";
import type { AttendedRequest } from "./types";

const list = ["/admin/personal-data"];
const tones: Record<AttendedRequest["state"], Tone> = { waiting: "waiting", running: "info", done: "ok", withdrawn: "ended" };

function stateWord({ state, is_late: late }: AttendedRequest): string {
  if (late) return t`Late`;
  const words: Record<AttendedRequest["state"], string> = {
    waiting: t`Waiting`,
    running: t`In progress`,
    done: t`Done`,
    withdrawn: t`Withdrawn`,
  };
  return words[state];
}

const nameOf = ({ display_name: name, email }: AttendedRequest): string => {
  if (name !== null && name !== "") return name;
  return email ?? t`Former member`;
};

/** One request: whose, in which organisation, until when it is to be answered, and what holds it up. */
export function RequestLine({ request }: { request: AttendedRequest }) {
  const name = nameOf(request);
  const what = request.kind === "erasure" ? t`Erasure of ${name}` : t`Copy for ${name}`;
  return (
    <Line
      title={what}
      detail={
        <>
          <Links request={request} />
          <Dates request={request} />
          {request.obstacles.map(({ code, text }) => (
            <span key={code} className="w-full text-warn">
              {text}
            </span>
          ))}
        </>
      }
      state={<Badge tone={request.is_late ? "bad" : tones[request.state]}>{stateWord(request)}</Badge>}
      actions={<Verbs request={request} what={what} />}
    />
  );
}

function Links({ request }: { request: AttendedRequest }) {
  return (
    <>
      <Link to="/console/tenants/$tenantId" params={{ tenantId: request.tenant_id }} search={{}} className="break-words text-link hover:underline">
        {request.tenant_name}
      </Link>
      {request.email !== null && (
        <Link to="/console/users" search={{ email: request.email }} className="break-all text-link hover:underline">
          {request.email}
        </Link>
      )}
    </>
  );
}

function Dates({ request }: { request: AttendedRequest }) {
  if (request.ended_at !== null) {
    return (
      <span>
        <Trans>
          asked for {formatShort(request.requested_at)}, ended {formatShort(request.ended_at)}
        </Trans>
      </span>
    );
  }
  return (
    <>
      <span className={request.is_late ? "text-bad" : undefined}>
        <Trans>answer due {formatShort(request.answer_by)}</Trans>
      </span>
      {request.kind === "erasure" && request.state === "waiting" && (
        <span>
          {request.obstacles.length === 0 ? <Trans>begins {formatShort(request.due_at)}</Trans> : <Trans>tried again {formatShort(request.due_at)}</Trans>}
        </span>
      )}
    </>
  );
}

function Verbs({ request, what }: { request: AttendedRequest; what: string }) {
  const may = useMay();
  const [asking, setAsking] = useState(false);
  const path = `/admin/tenants/${request.tenant_id}/personal-data/${request.id}`;
  const close = () => setAsking(false);
  const retry = useAct({
    work: () => post(`${path}/retry`),
    refresh: [list],
    done: () => t`It is tried again now`,
    refused: t`It was not tried again`,
  });
  const withdraw = useAct({
    work: () => post(`${path}/withdraw`),
    refresh: [list],
    done: () => t`The erasure is withdrawn and its person is told`,
    refused: t`The erasure was not withdrawn`,
    onDone: close,
    onRefused: close,
  });
  if (!may("personal_data:write")) return null;
  return (
    <>
      {request.can_retry && (
        <Button aria-label={t`Try again: ${what}`} busy={retry.isPending} onClick={() => retry.mutate()}>
          <Trans>Try again</Trans>
        </Button>
      )}
      {request.can_withdraw && (
        <Button aria-label={t`Withdraw: ${what}`} onClick={() => setAsking(true)}>
          <Trans>Withdraw</Trans>
        </Button>
      )}
      <Dialog open={asking} onClose={close} title={<Trans>Withdraw the erasure</Trans>}>
        <p className="text-16">
          <Trans>
            {what}: it is their right. Withdraw it only if the person asked for that. They are told by mail, and it stands in the organisation's audit log.
          </Trans>
        </p>
        <DialogActions>
          <Button size="normal" onClick={close}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="danger" size="normal" busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
            <Trans>Withdraw</Trans>
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
