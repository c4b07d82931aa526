import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { remove } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { Line } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";

import type { DataRequest, DataStep } from "./personal-data-types";

export const erasures = "/personal-data/erasures";
export const copies = "/personal-data/exports";

const tones: Record<DataRequest["state"], Tone> = { waiting: "waiting", running: "info", done: "ok", withdrawn: "ended" };

function stateWord(request: DataRequest): string {
  const words: Record<DataRequest["state"], string> = {
    waiting: t`Waiting`,
    running: t`In progress`,
    done: t`Done`,
    withdrawn: t`Withdrawn`,
  };
  return words[request.state];
}

/** Requests under each other; nothing while there is none. */
export function DataRequests({ requests, who }: { requests: readonly DataRequest[]; who?: (request: DataRequest) => string }) {
  if (requests.length === 0) return null;
  return (
    <Sheet>
      <ul>
        {requests.map((request) => (
          <li key={request.id} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
            <DataRequestLine request={request} who={who?.(request)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

/** A request for a copy or an erasure: until when it waits, what became of it, and its one verb. */
function DataRequestLine({ request, who }: { request: DataRequest; who: string | undefined }) {
  const withdraw = useAct({
    work: () => remove(`${erasures}/${request.id}`),
    refresh: [[erasures]],
    done: () => t`Nothing will be erased`,
    refused: t`The erasure was not withdrawn`,
  });
  const isErasure = request.kind === "erasure";
  return (
    <Line
      title={who ?? (isErasure ? t`Erasure of your data` : t`Copy of your data`)}
      detail={
        <>
          <span>
            <Trans>asked for on {formatInstant(request.requested_at)}</Trans>
          </span>
          <Outcome request={request} />
        </>
      }
      state={<Badge tone={tones[request.state]}>{stateWord(request)}</Badge>}
      actions={
        <>
          {isErasure && request.state === "waiting" && (
            <Button busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
              <Trans>Withdraw</Trans>
            </Button>
          )}
          {request.link !== null && (
            <a href={request.link} className="text-12 font-medium text-link underline underline-offset-2" download>
              <Trans>Download</Trans>
            </a>
          )}
        </>
      }
    />
  );
}

function Outcome({ request }: { request: DataRequest }) {
  if (request.state === "waiting" && request.kind === "erasure") {
    return (
      <>
        <span>
          <Trans>begins on {formatInstant(request.due_at)}</Trans>
        </span>
        {request.obstacles.map(({ code, text }) => (
          <span key={code}>{text}</span>
        ))}
      </>
    );
  }
  if (request.link_expires_at !== null && request.link !== null) {
    return (
      <span>
        <Trans>to be had until {formatInstant(request.link_expires_at)}</Trans>
      </span>
    );
  }
  if (request.state !== "done" || request.kind === "export") return null;
  return <Steps steps={request.steps} />;
}

function Steps({ steps }: { steps: readonly DataStep[] }) {
  const erased = steps.filter(({ fate }) => fate === "erased").reduce((sum, { count }) => sum + count, 0);
  return (
    <details className="w-full">
      <summary className="cursor-pointer">{plural(erased, { one: "# record erased", other: "# records erased" })}</summary>
      <ul className="mt-8 flex flex-col gap-5">
        {steps.map((step) => (
          <li key={step.name}>
            <span className="font-medium text-ink">{step.title}</span>: {fateWords(step)}
          </li>
        ))}
      </ul>
    </details>
  );
}

function fateWords({ fate, why, years }: DataStep): string {
  if (fate === "erased") return t`erased`;
  if (fate === "pseudonymised") return t`stays without a name. ${why}.`;
  if (years === null) return t`kept. ${why}.`;
  return t`kept for ${years} years. ${why}.`;
}
