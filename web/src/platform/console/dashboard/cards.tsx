import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { Badge, type Tone } from "@/ui/badge";
import { Sheet } from "@/ui/page";

import type { Card, Moment, Status } from "../status-types";
import { Sparkline } from "./sparkline";

const tones: Record<string, Tone> = { green: "ok", amber: "warn", red: "bad" };

function levelWord(level: string): string {
  const words: Record<string, string> = { green: t`fine`, amber: t`watch`, red: t`act` };
  return words[level] ?? level;
}

const digits: Record<string, number> = { percent: 1, ms: 0, count: 0, seconds: 0, ratio: 2 };

/** The figure and its unit, or null when nothing measured it. */
export function written({ value, unit }: Card): [string, string] | null {
  if (value === null) return null;
  const number = value.toLocaleString("en-GB", { maximumFractionDigits: digits[unit] ?? 2 });
  const signs: Record<string, string> = { percent: "%", ms: "ms", seconds: "s", count: "", ratio: "×" };
  return [number, signs[unit] ?? unit];
}

interface FigureProps {
  label: string;
  card: Card | undefined;
  history?: readonly (number | null)[];
}

export function Figure({ label, card, history }: FigureProps) {
  const shown = card === undefined ? null : written(card);
  return (
    <Sheet className="flex min-w-0 flex-col p-13 pb-8">
      <h3 className="text-12 text-muted">{label}</h3>
      {shown === null ? (
        <p className="mt-3 text-20 text-muted">
          <Trans>no data</Trans>
        </p>
      ) : (
        <div className="mt-3 flex flex-wrap items-center justify-between gap-x-8">
          <p className="text-26 font-semibold">
            {shown[0]}
            {shown[1] !== "" && <span className="ml-3 text-12 font-normal text-muted">{shown[1]}</span>}
          </p>
          {card !== undefined && card.level !== null && (
            <Badge tone={tones[card.level] ?? "neutral"}>{levelWord(card.level)}</Badge>
          )}
        </div>
      )}
      {history !== undefined && (
        <div className="mt-auto">
          <Sparkline values={history} />
        </div>
      )}
    </Sheet>
  );
}

function rate({ requests, errors }: Moment): number | null {
  if (requests === null || errors === null || requests === 0) return null;
  return (100 * errors) / requests;
}

export function Cards({ status, tenants }: { status: Status; tenants: Card }) {
  const { cards, history } = status;
  const past = (read: (moment: Moment) => number | null) => history.map(read);
  return (
    <div className="grid grid-cols-2 gap-8 sm:grid-cols-3 md:grid-cols-4 md:gap-13">
      <Figure label={t`Services healthy`} card={cards["services_healthy"]} />
      <Figure label={t`Response, 95th percentile`} card={cards["response_p95"]} history={past((at) => at.p95_ms)} />
      <Figure label={t`Error rate, last hour`} card={cards["error_rate_1h"]} history={past(rate)} />
      <Figure label={t`Errors in 24 hours`} card={cards["errors_24h"]} history={past((at) => at.errors)} />
      <Figure label={t`Memory`} card={cards["memory"]} history={past((at) => at.memory_percent)} />
      <Figure label={t`Processor`} card={cards["cpu"]} history={past((at) => at.cpu_percent)} />
      <Figure label={t`Storage`} card={cards["storage"]} />
      <Figure label={t`Database answers in`} card={cards["database"]} />
      <Figure label={t`Uptime, 24 hours`} card={cards["uptime_24h"]} />
      <Figure label={t`Uptime, 30 days`} card={cards["uptime_30d"]} />
      <Figure label={t`Jobs waiting`} card={cards["queue_waiting"]} history={past((at) => at.queue_waiting)} />
      <Figure label={t`Tenants`} card={tenants} />
    </div>
  );
}
