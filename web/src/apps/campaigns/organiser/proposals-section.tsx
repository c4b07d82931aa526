import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import { ProposalCard } from "../proposals/proposal-card";
import { TermsDialog } from "../proposals/terms-dialog";
import type { Proposal } from "../proposals/types";
import { WhyDialog } from "../proposals/why-dialog";
import type { Campaign } from "../types";

const open = new Set(["draft", "submitted", "countered", "accepted"]);

/** What the supplier proposes for a draft: asked for here, and accepted into it. */
export function ProposalsSection({ campaign }: { campaign: Campaign }) {
  const [asked, setAsked] = useState<{ proposal: Proposal; verb: "counter" | "decline" } | null>(null);
  const close = () => setAsked(null);
  const path = `/campaigns/${campaign.id}/proposals`;
  const refresh = [[path], ["/campaigns", campaign.id]];
  const may = useCan()(...permissions.create) && campaign.state === "draft";
  const list = useKeysetList<Proposal>(path, {});
  const ask = useAct({
    work: () => post<Proposal>(path),
    refresh,
    done: () => t`The supplier is asked`,
    refused: t`The supplier was not asked`,
  });
  const accept = useAct({
    work: (proposal: Proposal) => post<Proposal>(`/proposals/${proposal.id}/accept`),
    refresh,
    done: () => t`Accepted: its price and its most units are in the draft`,
    refused: t`The proposal was not accepted`,
  });
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  const asks = may && campaign.supplier_id !== null && !list.pending && !list.rows.some(({ state }) => open.has(state));
  if (!asks && list.rows.length === 0) return null;
  return (
    <Section
      className="mt-34"
      title={<Trans>What the supplier proposes</Trans>}
      actions={
        asks && (
          <Button busy={ask.isPending} onClick={() => ask.mutate()}>
            <Trans>Ask for a proposal</Trans>
          </Button>
        )
      }
    >
      {list.rows.length === 0 ? (
        <p className="label">
          <Trans>Nothing was asked for. The supplier can be asked for a price and the most units before you publish.</Trans>
        </p>
      ) : (
        <Sheet>
          {list.rows.map((proposal) => (
            <ProposalCard
              key={proposal.id}
              proposal={proposal}
              actions={
                may && proposal.state === "submitted" ? (
                  <>
                    <Button busy={accept.isPending} onClick={() => accept.mutate(proposal)}>
                      <Trans>Accept into the draft</Trans>
                    </Button>
                    <Button onClick={() => setAsked({ proposal, verb: "counter" })}>
                      <Trans>Answer with other terms</Trans>
                    </Button>
                    <Button onClick={() => setAsked({ proposal, verb: "decline" })}>
                      <Trans>Decline</Trans>
                    </Button>
                  </>
                ) : undefined
              }
            />
          ))}
        </Sheet>
      )}
      {asked?.verb === "counter" && <TermsDialog proposal={asked.proposal} verb="counter" refresh={refresh} onClose={close} />}
      {asked?.verb === "decline" && <WhyDialog proposal={asked.proposal} verb="decline" refresh={refresh} onClose={close} />}
    </Section>
  );
}
