import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

import { Badge, type Tone } from "@/ui/badge";

const looks: Record<string, { tone: Tone; word: MessageDescriptor }> = {
  placed: { tone: "waiting", word: msg`Received` },
  authorising: { tone: "waiting", word: msg`Being locked` },
  authorised: { tone: "ok", word: msg`Reserved` },
  held: { tone: "ok", word: msg`Held in escrow` },
  allocated: { tone: "ok", word: msg`Units allocated` },
  withdrawn: { tone: "waiting", word: msg`Withdrawn` },
  refund_due: { tone: "waiting", word: msg`Refund under way` },
  refund_failed: { tone: "warn", word: msg`Refund tried again` },
  refunded: { tone: "ended", word: msg`Refunded` },
  lapsed: { tone: "ended", word: msg`Ended` },
  disputed: { tone: "warn", word: msg`Disputed by the bank` },
  lost: { tone: "ended", word: msg`Returned by the bank` },
  released: { tone: "info", word: msg`Released` },
  settled: { tone: "ok", word: msg`Completed` },
};

export const commitmentStates: readonly string[] = Object.keys(looks);

export function commitmentWord(state: string): string {
  const look = looks[state];
  return look === undefined ? state.replaceAll("_", " ") : i18n._(look.word);
}

/** One word and its icon; the whole sentence stands beside it where there is room. */
export function CommitmentState({ state }: { state: string }) {
  return <Badge tone={looks[state]?.tone ?? "neutral"}>{commitmentWord(state)}</Badge>;
}
