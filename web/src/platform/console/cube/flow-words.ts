import { t } from "@lingui/core/macro";

import type { Tone } from "@/ui/badge";

import type { Flow } from "../status-types";

const number = (value: number, digits: number) => value.toLocaleString("en-GB", { maximumFractionDigits: digits });

export function rate({ calls_per_second: rate }: Flow): string {
  return rate === null ? t`no data` : t`${number(rate, rate < 10 ? 2 : 0)}/s`;
}

export function errors({ error_percent: share }: Flow): string {
  return share === null ? "–" : `${number(share, 1)} %`;
}

export function mean({ mean_ms: ms }: Flow): string {
  return ms === null ? "–" : `${number(ms, ms < 10 ? 1 : 0)} ms`;
}

/** How a circle or a line does, as a tone and a word; null when nothing is known of it. */
export function health(flow: Flow & { state?: string | null }): [Tone, string] | null {
  if (flow.state !== undefined && flow.state !== null && flow.state !== "healthy") return ["bad", flow.state];
  if (flow.level === "red") return ["bad", t`act`];
  if (flow.level === "amber") return ["warn", t`watch`];
  if (flow.level === "green" || flow.state === "healthy") return ["ok", t`fine`];
  return flow.calls_per_second === null ? null : ["neutral", t`quiet`];
}
