import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg, t } from "@lingui/core/macro";

import { Badge, type Tone } from "@/ui/badge";

import type { ApprovalState } from "./types";

const looks: Record<ApprovalState, { tone: Tone; word: MessageDescriptor }> = {
  requested: { tone: "waiting", word: msg`Waits for a decision` },
  approved: { tone: "ok", word: msg`Approved` },
  rejected: { tone: "ended", word: msg`Rejected` },
  withdrawn: { tone: "ended", word: msg`Taken back` },
  expired: { tone: "ended", word: msg`Ran out` },
  refused: { tone: "ended", word: msg`Overtaken` },
};

export const approvalStates = Object.keys(looks) as ApprovalState[];

export function approvalWord(state: ApprovalState): string {
  return i18n._(looks[state].word);
}

export function ApprovalBadge({ state, isHalfway = false }: { state: ApprovalState; isHalfway?: boolean }) {
  if (state === "requested" && isHalfway) return <Badge tone="waiting">{t`1 of 2 approved`}</Badge>;
  return <Badge tone={looks[state].tone}>{approvalWord(state)}</Badge>;
}
