import { useMutation, useQueryClient } from "@tanstack/react-query";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { asProblem } from "@/kernel/problem";
import { acceptSignIn } from "@/kernel/session";

import type { Commitment, PublicCampaign } from "../types";
import type { Progress } from "./wizard";

interface Wish {
  campaign: PublicCampaign;
  progress: Progress;
}

async function becomeParticipant(campaignId: string): Promise<void> {
  acceptSignIn(await post<SignIn>(`/campaigns/${campaignId}/join`));
}

/** Sends the commitment; the server computes the amount from the units and its own price. */
function place(campaignId: string, { campaign, progress }: Wish): Promise<Commitment> {
  return post<Commitment>(
    `/campaigns/${campaignId}/commitments`,
    {
      id: progress.id,
      units: progress.units,
      acknowledged_escrow_terms: progress.escrow,
      acknowledged_may_not_succeed: progress.mayNotSucceed,
      terms_version: campaign.terms_version,
    },
    { idempotencyKey: progress.key },
  );
}

export function useCommit(orgSlug: string) {
  const me = useMe();
  const queries = useQueryClient();
  return useMutation<Commitment, unknown, Wish>({
    mutationFn: async (wish) => {
      const id = wish.campaign.id;
      if (id === undefined) throw new Error("The campaign's page carries no id");
      if (me?.tenant?.slug !== orgSlug) await becomeParticipant(id);
      try {
        return await place(id, wish);
      } catch (error) {
        if (!asProblem(error).forbidden) throw error;
        await becomeParticipant(id);
        return place(id, wish);
      }
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["/commitments"] }),
  });
}
