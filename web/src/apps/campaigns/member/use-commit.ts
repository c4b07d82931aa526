import { useMutation, useQueryClient } from "@tanstack/react-query";

import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { asProblem } from "@/kernel/problem";
import { switchOrganisation } from "@/kernel/session";
import { noteActed } from "@/kernel/settle";

import type { Commitment, PublicCampaign } from "../types";
import { trimmed } from "./address";
import type { Progress } from "./wizard";

interface Wish {
  campaign: PublicCampaign;
  progress: Progress;
}

/** Joining makes the person a participant of the organisation; the session then goes over to it. */
export async function becomeParticipant(campaignId: string, organisation: string): Promise<void> {
  const { tenant_id } = await post<{ tenant_id: string }>(`/campaigns/${campaignId}/join`, { organisation });
  await switchOrganisation(tenant_id);
}

/** Sends the commitment; the server computes the amount from the units and its own price. */
function place(campaignId: string, { campaign, progress }: Wish): Promise<Commitment> {
  return post<Commitment>(
    `/campaigns/${campaignId}/commitments`,
    {
      id: progress.id,
      units: progress.units ?? 0,
      acknowledged_escrow_terms: progress.escrow,
      acknowledged_may_not_succeed: progress.mayNotSucceed,
      terms_version: campaign.terms_version,
      ...(campaign.delivery_strategy === "supplier_direct" ? { delivery: trimmed(progress.address) } : {}),
    },
    { idempotencyKey: progress.key },
  );
}

export function useCommit(orgSlug: string) {
  const me = useMe();
  const queries = useQueryClient();
  return useMutation<Commitment, unknown, Wish>({
    mutationFn: async (wish) => {
      const { id } = wish.campaign;
      if (me?.tenant?.slug !== orgSlug) await becomeParticipant(id, orgSlug);
      try {
        return await place(id, wish);
      } catch (error) {
        if (!asProblem(error).forbidden) throw error;
        await becomeParticipant(id, orgSlug);
        return place(id, wish);
      }
    },
    onSuccess: ({ id }) => {
      noteActed(id);
      return queries.invalidateQueries({ queryKey: ["/commitments"] });
    },
  });
}
