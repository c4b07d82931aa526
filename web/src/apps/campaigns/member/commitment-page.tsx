import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useState } from "react";

import { get } from "@/kernel/client";
import { useSettling } from "@/kernel/settle";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts, PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { titleOf } from "../campaign-title";
import { CommitmentState, commitmentWord } from "../commitment-state";
import { Moves } from "../moves";
import type { Commitment } from "../types";
import { amountFacts } from "./amount-facts";
import { OwnConsent } from "./consent";
import { Delivery } from "./delivery";
import { IssueDialog } from "./issue-dialog";
import { OwnNotices } from "./notices";
import { OwnIssues, useOwnIssues } from "./own-issues";
import { OwnMilestones } from "./own-milestones";
import { Parts } from "./parts";
import { TakeAlong } from "./take-along";
import { WithdrawDialog } from "./withdraw-dialog";

const route = getRouteApi("/app/commitments/$commitmentId");

export function CommitmentPage() {
  const { commitmentId } = route.useParams();
  const { data, error, isPending, isFetching, refetch } = useSettling({
    id: commitmentId,
    queryKey: ["/commitments", commitmentId],
    queryFn: ({ signal }) => get<Commitment>(`/commitments/${commitmentId}`, { signal }),
    underWay: ({ state }) => underWay.has(state),
  });
  useTitle(data?.reference ?? t`Commitment`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <OneCommitment commitment={data} looking={isFetching} onLook={() => void refetch()} />;
}

// The provider answers by itself, within moments: asked for after one's own action and on coming back.
const underWay = new Set(["placed", "authorising", "withdrawn", "refund_due", "refund_failed", "released"]);

interface OneCommitmentProps {
  commitment: Commitment;
  looking: boolean;
  onLook: () => void;
}

function OneCommitment({ commitment, looking, onLook }: OneCommitmentProps) {
  const [asked, setAsked] = useState<"withdraw" | "issue" | null>(null);
  const issues = useOwnIssues(commitment.id);
  const { currency, state_text: said } = commitment;
  return (
    <div className="max-w-1000">
      <PageHead
        above={
          <>
            <Link to="/commitments" className="hover:text-ink">
              <Trans>My commitments</Trans>
            </Link>
            <span aria-hidden>/</span>
            <CopyId value={commitment.reference} full />
          </>
        }
        title={titleOf({ title: commitment.campaign_title })}
        beside={<CommitmentState state={commitment.state} />}
        below={said === commitmentWord(commitment.state) ? undefined : said}
        actions={
          <>
            {underWay.has(commitment.state) && (
              <Button size="normal" busy={looking} icon={<RotateCw size={13} aria-hidden />} onClick={onLook}>
                <Trans>Look again</Trans>
              </Button>
            )}
            {issues.data?.can_report === true && (
              <Button size="normal" onClick={() => setAsked("issue")}>
                <Trans>Report an issue</Trans>
              </Button>
            )}
            {commitment.can_withdraw && (
              <Button size="normal" onClick={() => setAsked("withdraw")}>
                <Trans>Withdraw</Trans>
              </Button>
            )}
          </>
        }
      />
      {commitment.consent !== null && <OwnConsent commitment={commitment} consent={commitment.consent} />}
      <OwnNotices commitment={commitment} />
      <OwnIssues commitmentId={commitment.id} />
      <div className="grid gap-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)] md:grid-rows-[auto_1fr]">
        <Section className="!mb-0" title={<Trans>Facts</Trans>}>
          <Sheet className="px-13 py-5">
            <CommitmentFacts commitment={commitment} />
          </Sheet>
          <TakeAlong commitment={commitment} />
        </Section>
        <Section className="!mb-0 md:col-start-2 md:row-span-2 md:row-start-1" title={<Trans>Where the money is</Trans>}>
          {commitment.amounts !== null && <Parts amounts={commitment.amounts} currency={currency} />}
          <Moves moves={commitment.moves} currency={currency} />
          <OwnMilestones commitmentId={commitment.id} />
        </Section>
        <Delivery commitment={commitment} />
      </div>
      {asked === "withdraw" && <WithdrawDialog commitment={commitment} onClose={() => setAsked(null)} />}
      {asked === "issue" && <IssueDialog commitment={commitment} onClose={() => setAsked(null)} />}
    </div>
  );
}

function CommitmentFacts({ commitment }: { commitment: Commitment }) {
  return (
    <Facts
      facts={[
        ...amountFacts(commitment),
        [<Trans key="n">Placed</Trans>, formatInstant(commitment.placed_at)],
        [<Trans key="n">Reference</Trans>, <CopyId key="v" value={commitment.reference} full />],
      ]}
    />
  );
}
