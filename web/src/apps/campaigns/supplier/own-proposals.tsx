import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { ErrorState } from "@/ui/states";

import { ProposalCard } from "../proposals/proposal-card";
import { TermsDialog } from "../proposals/terms-dialog";
import type { Proposal } from "../proposals/types";
import { WhyDialog } from "../proposals/why-dialog";

const path = "/supplier/proposals";
const refresh = [[path]];

type Asked = { proposal: Proposal; verb: "submit" | "decline" | "withdraw" } | null;

/** What the supplier is asked for before a campaign is published; nothing where nobody asks. */
export function OwnProposals() {
  const [asked, setAsked] = useState<Asked>(null);
  const close = () => setAsked(null);
  const list = useKeysetList<Proposal>(path, {});
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) return null;
  return (
    <Section
      title={<Trans>Proposals before publication</Trans>}
      hint={<Trans>Your price and your most units for a campaign that is being drafted. What is accepted goes into it.</Trans>}
    >
      <Sheet>
        {list.rows.map((proposal) => {
          const mine = ["draft", "countered"].includes(proposal.state);
          const made = ["submitted", "countered", "accepted"].includes(proposal.state);
          return (
            <ProposalCard
              key={proposal.id}
              proposal={proposal}
              actions={
                <>
                  {mine && (
                    <Button size="normal" onClick={() => setAsked({ proposal, verb: "submit" })}>
                      <Trans>Propose your terms</Trans>
                    </Button>
                  )}
                  {mine && (
                    <Button size="normal" onClick={() => setAsked({ proposal, verb: "decline" })}>
                      <Trans>Decline</Trans>
                    </Button>
                  )}
                  {made && !mine && (
                    <Button size="normal" onClick={() => setAsked({ proposal, verb: "withdraw" })}>
                      <Trans>Withdraw</Trans>
                    </Button>
                  )}
                </>
              }
            />
          );
        })}
      </Sheet>
      {list.hasMore && (
        <Button className="mt-8" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
      {asked?.verb === "submit" && <TermsDialog proposal={asked.proposal} verb="submit" refresh={refresh} onClose={close} />}
      {(asked?.verb === "decline" || asked?.verb === "withdraw") && (
        <WhyDialog proposal={asked.proposal} verb={asked.verb} refresh={refresh} onClose={close} />
      )}
    </Section>
  );
}
