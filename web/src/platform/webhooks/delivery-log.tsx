import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { ChevronDown, ChevronRight, RotateCw } from "lucide-react";
import { useEffect, useState } from "react";

import { post } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { formatInstant, formatShort } from "@/kernel/time";
import { Button, IconButton } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { path, type Attempt, type Delivery, type Webhook } from "./types";
import { because, DeliveryState } from "./words";

const lookAgainMs = 3000;

/** What was sent within thirty days, the newest first; it is read anew while something is on its way. */
export function DeliveryLog({ webhook, may }: { webhook: Webhook; may: boolean }) {
  const [state, setState] = useState("");
  const log = `${path}/${webhook.id}/deliveries`;
  const query = state === "" ? {} : { state };
  const queries = useQueryClient();
  const { rows } = useKeysetList<Delivery>(log, query);
  const underWay = rows.some((row) => row.state === "queued" && row.attempts === 0);
  const lookAgain = () => void queries.invalidateQueries({ queryKey: [log] });
  useEffect(() => {
    if (!underWay) return;
    const timer = setInterval(() => {
      if (!document.hidden) void queries.invalidateQueries({ queryKey: [log] });
    }, lookAgainMs);
    return () => clearInterval(timer);
  }, [underWay, queries, log]);
  return (
    <Section
      title={<Trans>Log</Trans>}
      hint={<Trans>What was sent within thirty days, the newest first. Times are those of the real clock.</Trans>}
      actions={
        <span className="flex items-center gap-8">
          <Select
            label={t`State`}
            dense
            value={state}
            choices={[
              { value: "", label: t`All states` },
              { value: "queued", label: t`On its way` },
              { value: "delivered", label: t`Delivered` },
              { value: "failed", label: t`Failed` },
              { value: "withheld", label: t`Withheld` },
            ]}
            onChange={setState}
          />
          <IconButton label={t`Look again`} onClick={lookAgain}>
            <RotateCw size={16} aria-hidden />
          </IconButton>
        </span>
      }
    >
      <RecordList<Delivery>
        path={log}
        query={query}
        empty={
          <p className="p-21 text-12 text-muted">
            {state === "" ? <Trans>Nothing was sent yet. Send a test, or wait for the next event.</Trans> : <Trans>Nothing is in this state.</Trans>}
          </p>
        }
        row={(delivery) => <DeliveryLine delivery={delivery} log={log} canRepeat={may && webhook.is_on} />}
      />
    </Section>
  );
}

interface DeliveryLineProps {
  delivery: Delivery;
  log: string;
  canRepeat: boolean;
}

function DeliveryLine({ delivery, log, canRepeat }: DeliveryLineProps) {
  const [open, setOpen] = useState(false);
  const repeat = useAct({
    work: () => post(`${path}/deliveries/${delivery.id}/redeliver`),
    refresh: [[log]],
    done: () => t`It is on its way once more`,
    refused: t`It was not sent again`,
  });
  const over = delivery.state !== "queued";
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <>
      <Line
        title={
          <button
            type="button"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
            className="inline-flex max-w-full items-center gap-5 text-left font-mono text-12 hover:underline"
          >
            <Chevron size={13} aria-hidden className="shrink-0" />
            <span className="break-all">{delivery.type}</span>
          </button>
        }
        detail={
          <>
            <span>{formatShort(delivery.created_at)}</span>
            <span>
              <Plural value={delivery.attempts} _0="no try yet" one="# try" other="# tries" />
            </span>
            {delivery.next_attempt_at !== null && delivery.attempts > 0 && (
              <span>
                <Trans>next try {formatShort(delivery.next_attempt_at)}</Trans>
              </span>
            )}
          </>
        }
        state={<DeliveryState delivery={delivery} />}
        actions={
          canRepeat &&
          over && (
            <Button busy={repeat.isPending} onClick={() => repeat.mutate()}>
              <Trans>Send again</Trans>
            </Button>
          )
        }
      />
      {open && <Attempts delivery={delivery} />}
    </>
  );
}

function Attempts({ delivery }: { delivery: Delivery }) {
  const why = because(delivery);
  return (
    <div className="mt-8 mb-5 flex flex-col gap-8 border-l-2 border-line pl-13">
      <p className="label flex flex-wrap items-center gap-5">
        <code className="font-mono">webhook-id</code> <CopyId value={delivery.id} full />
      </p>
      {why !== null && <p className="text-12">{why}</p>}
      {delivery.attempts_made.map((attempt) => (
        <AttemptLine key={attempt.attempted_at} attempt={attempt} />
      ))}
    </div>
  );
}

function AttemptLine({ attempt }: { attempt: Attempt }) {
  const { status, error, excerpt, duration_ms: ms } = attempt;
  return (
    <div className="text-12">
      <p className="flex flex-wrap gap-x-13">
        <span className="text-muted">{formatInstant(attempt.attempted_at)}</span>
        <span className="tabular-nums">{status === null ? error : t`answered ${status}`}</span>
        <span className="text-muted tabular-nums">{ms.toLocaleString("en-GB")} ms</span>
      </p>
      {excerpt !== null && (
        <pre tabIndex={0} className="mt-3 max-h-144 overflow-auto rounded-3 bg-sunken p-8 font-mono break-all whitespace-pre-wrap">
          {excerpt}
        </pre>
      )}
    </div>
  );
}
