import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";
import { Check, CircleDashed, Clock, Play, X, type LucideIcon } from "lucide-react";

import { Badge, type Tone } from "@/ui/badge";

import { wallClock, windowText } from "../figures";
import { plainWord } from "../words";
import type { Collection, CollectionState, SegmentState, SegmentUnit } from "./types";

interface Look {
  icon: LucideIcon;
  colour: string;
  bar: string;
  word: MessageDescriptor;
}

/** Told by a sign as well as by a colour; what is not settled has a broken edge. */
export const segmentLooks: Record<SegmentState, Look> = {
  settled: { icon: Check, colour: "border-transparent bg-ok-soft text-ok", bar: "bg-ok", word: msg`Settled` },
  provisional: { icon: CircleDashed, colour: "border-dashed border-info bg-info-soft text-info", bar: "bg-info", word: msg`Provisional` },
  running: { icon: Play, colour: "border-transparent bg-warn-soft text-warn", bar: "bg-warn", word: msg`Running` },
  waiting: { icon: Clock, colour: "border-line bg-paper text-muted", bar: "bg-line", word: msg`Waiting` },
  failed: { icon: X, colour: "border-bad bg-bad-soft text-bad", bar: "bg-bad", word: msg`Failed` },
};

const collectionLooks: Record<CollectionState, { tone: Tone; word: MessageDescriptor }> = {
  collecting: { tone: "info", word: msg`Collecting` },
  paused: { tone: "paused", word: msg`Paused` },
  complete: { tone: "ok", word: msg`Complete` },
  failing: { tone: "bad", word: msg`Failing` },
};

const unitWords: Record<SegmentUnit, MessageDescriptor> = {
  day: msg`Day by day`,
  week: msg`Week by week`,
  month: msg`Month by month`,
  quarter: msg`Quarter by quarter`,
  once: msg`One stretch`,
};

export const segmentWord = (state: SegmentState) => i18n._(segmentLooks[state].word);
export const unitWord = (unit: SegmentUnit) => i18n._(unitWords[unit]);
export const collectionWord = (state: string) => (state in collectionLooks ? i18n._(collectionLooks[state as CollectionState].word) : plainWord(state));

export function CollectionBadge({ state }: { state: CollectionState }) {
  return <Badge tone={collectionLooks[state].tone}>{collectionWord(state)}</Badge>;
}

/** "1 Sept 2026 – 7 Sept 2026", or open towards the end. */
export function reachText({ segments: { from, to }, continuing }: Pick<Collection, "segments" | "continuing">): string {
  return continuing ? t`From ${wallClock(from)} on` : windowText(from, to);
}
