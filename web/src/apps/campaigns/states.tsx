import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

import { Badge, type Tone } from "@/ui/badge";

const looks: Record<string, { tone: Tone; word: MessageDescriptor }> = {
  draft: { tone: "draft", word: msg`Draft` },
  in_review: { tone: "waiting", word: msg`In review` },
  scheduled: { tone: "info", word: msg`Scheduled` },
  live: { tone: "ok", word: msg`Live` },
  paused: { tone: "paused", word: msg`Paused` },
  closing: { tone: "waiting", word: msg`Closing` },
  awaiting_supplier: { tone: "waiting", word: msg`Awaiting supplier` },
  confirmed: { tone: "ok", word: msg`Confirmed` },
  procuring: { tone: "info", word: msg`Procuring` },
  fulfilling: { tone: "info", word: msg`Fulfilling` },
  inspecting: { tone: "waiting", word: msg`Inspecting` },
  completed: { tone: "ok", word: msg`Completed` },
  failing: { tone: "warn", word: msg`Refunding in full` },
  cancelling: { tone: "warn", word: msg`Cancelled, refunding` },
  unwinding: { tone: "bad", word: msg`Ended early, refunding the rest` },
  failed: { tone: "ended", word: msg`Ended, refunded` },
  cancelled: { tone: "ended", word: msg`Cancelled` },
  unwound: { tone: "ended", word: msg`Ended early, rest refunded` },
};

export const campaignStates = Object.keys(looks);

export function stateWord(state: string): string {
  const look = looks[state];
  return look === undefined ? state.replaceAll("_", " ") : i18n._(look.word);
}

export function CampaignState({ state }: { state: string }) {
  return <Badge tone={looks[state]?.tone ?? "neutral"}>{stateWord(state)}</Badge>;
}
