import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

import { Badge, type Tone } from "@/ui/badge";

import type { ConnectionState, RunState } from "./types";

interface Look {
  tone: Tone;
  word: MessageDescriptor;
}

const runLooks: Record<RunState, Look> = {
  queued: { tone: "waiting", word: msg`Queued` },
  submitting: { tone: "waiting", word: msg`Being sent` },
  pending: { tone: "waiting", word: msg`Waiting at AMC` },
  running: { tone: "info", word: msg`Running` },
  fetching: { tone: "info", word: msg`Fetching rows` },
  succeeded: { tone: "ok", word: msg`Succeeded` },
  failed: { tone: "bad", word: msg`Failed` },
  cancelled: { tone: "ended", word: msg`Cancelled` },
};

const connectionLooks: Record<ConnectionState, Look> = {
  connecting: { tone: "waiting", word: msg`Waiting for sign-in` },
  healthy: { tone: "ok", word: msg`Healthy` },
  broken: { tone: "bad", word: msg`Broken` },
  disconnected: { tone: "ended", word: msg`Disconnected` },
};

const regionWords: Record<string, MessageDescriptor> = {
  na: msg`North America`,
  eu: msg`Europe`,
  fe: msg`Far East`,
};

const originWords: Record<string, MessageDescriptor> = {
  person: msg`By hand`,
  schedule: msg`Schedule`,
  run_set: msg`Collection`,
  trial: msg`Trial`,
};

const categoryWords: Record<string, MessageDescriptor> = {
  path_to_conversion: msg`Path to conversion`,
  overlap: msg`Overlap`,
  product: msg`Product`,
  upselling: msg`Upselling`,
  audience: msg`Audience`,
  campaign_performance: msg`Campaign performance`,
  custom: msg`Custom`,
};

const thresholdWords: Record<string, MessageDescriptor> = {
  NONE: msg`No threshold`,
  LOW: msg`2 users`,
  MEDIUM: msg`100 users`,
  HIGH: msg`100 users, no literal`,
  VERY_HIGH: msg`Never leaves`,
  INTERNAL: msg`Never leaves`,
};

/** A word of the server's that this page does not know, made readable. */
export function plainWord(text: string): string {
  const words = text.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function wordOf(table: Record<string, MessageDescriptor>, key: string): string {
  const found = table[key];
  return found === undefined ? plainWord(key) : i18n._(found);
}

export const regionWord = (region: string) => wordOf(regionWords, region);
export const originWord = (origin: string) => wordOf(originWords, origin);
export const categoryWord = (category: string) => wordOf(categoryWords, category);
export const thresholdWord = (threshold: string) => wordOf(thresholdWords, threshold);
export const categories = Object.keys(categoryWords);
export const origins = Object.keys(originWords);
export const regions = Object.keys(regionWords);

export const runWord = (state: RunState) => i18n._(runLooks[state].word);

export function RunBadge({ state }: { state: RunState }) {
  return <Badge tone={runLooks[state].tone}>{runWord(state)}</Badge>;
}

export const connectionWord = (state: ConnectionState) => i18n._(connectionLooks[state].word);

export function ConnectionBadge({ state }: { state: ConnectionState }) {
  return <Badge tone={connectionLooks[state].tone}>{connectionWord(state)}</Badge>;
}

/** Whether a run still has something ahead of it. */
export const isOpen = (state: RunState) => !["succeeded", "failed", "cancelled"].includes(state);
