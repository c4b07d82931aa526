import { t } from "@lingui/core/macro";
import { useRef, useState } from "react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { useAct } from "@/ui/use-act";

import { titleOf } from "../campaign-title";
import { stateWord } from "../states";
import type { Campaign, Transition } from "../types";

export interface Step {
  transition: Transition;
  reason?: string;
  onDone?: () => void;
}

/** Takes one step of the campaign's process; a repeat after a lost answer carries the same key. */
export function useTransition(campaign: Campaign) {
  const key = useRef({ name: "", id: "" });
  const keyFor = (name: string) => {
    if (key.current.name !== name) key.current = { name, id: newId() };
    return key.current.id;
  };
  const [waiting, setWaiting] = useState<string | null>(null);
  const act = useAct({
    work: ({ transition, reason }: Step) =>
      post<(Partial<Campaign> & { approval_id?: string | null }) | undefined>(
        `/campaigns/${campaign.id}/transitions`,
        reason === undefined ? { name: transition.name } : { name: transition.name, reason },
        { idempotencyKey: keyFor(transition.name), version: campaign.version },
      ),
    refresh: [["/campaigns"], [`/campaigns/${campaign.id}/commitments`], ["/events", campaign.id], ["/approvals"]],
    done: (answer, { transition }) => {
      if (typeof answer?.approval_id === "string") return t`Asked for: another person decides`;
      return answer?.state === undefined ? transition.label : t`${titleOf(campaign)}: ${stateWord(answer.state)}`;
    },
    refused: t`The campaign stays as it was`,
    onDone: (answer, { onDone }) => {
      setWaiting(answer?.approval_id ?? null);
      key.current = { name: "", id: "" };
      onDone?.();
    },
    onRefused: ({ status }) => {
      // An answer was given, so the next try is another request; without one (0) it must be the same.
      if (status !== 0) key.current = { name: "", id: "" };
    },
  });
  return { start: act.mutate, busy: act.isPending, waiting, seen: () => setWaiting(null) };
}
