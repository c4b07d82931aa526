import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Landmark } from "lucide-react";
import { useState } from "react";

import { get } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts, PageHead, Section, Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { ApprovalBadge } from "./approval-state";
import { useConcerns } from "./concerns";
import { DecideDialog, type Decision } from "./decide-dialog";
import { firstOfTwo, TwoPeople } from "./two-people";
import type { Approval } from "./types";

const route = getRouteApi("/app/approvals/$approvalId");

export function ApprovalPage() {
  const { approvalId } = route.useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/approvals", approvalId],
    queryFn: ({ signal }) => get<Approval>(`/approvals/${approvalId}`, { signal }),
  });
  useTitle(data?.summary ?? t`Approval`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Request approval={data} />;
}

function Request({ approval }: { approval: Approval }) {
  const [asked, setAsked] = useState<Decision | null>(null);
  const { amount_minor: minor, currency } = approval;
  const concerns = useConcerns(approval);
  const amount = minor === null || currency === null ? null : formatMoney(minor, currency);
  return (
    <div className="max-w-1000">
      <PageHead
        above={
          <Link to="/approvals" className="hover:text-ink">
            <Trans>Approvals</Trans>
          </Link>
        }
        title={approval.summary}
        beside={<ApprovalBadge state={approval.state} isHalfway={approval.agreed_by !== null} />}
        below={approval.action_title}
        actions={<Decisions approval={approval} amount={amount} ask={setAsked} />}
      />
      {approval.effect !== null && (
        <p className="mb-21 flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-16 text-ink">
          <Landmark size={16} aria-hidden className="mt-5 shrink-0" />
          <span>
            <span className="block text-12 font-semibold">
              <Trans>What approving does</Trans>
            </span>
            {approval.effect}
          </span>
        </p>
      )}
      <TwoPeople approval={approval} />
      <div className="grid gap-x-34 md:grid-cols-2">
        <Section title={<Trans>What is asked for</Trans>}>
          <Sheet className="px-13 py-5">
            <Facts
              facts={[
                ...concerns,
                [<Trans key="n">Amount</Trans>, <strong key="v">{amount ?? "–"}</strong>],
                [<Trans key="n">Asked by</Trans>, <PersonName key="v" id={approval.requested_by} kind={approval.requested_by_kind} />],
                [<Trans key="n">Reason</Trans>, approval.reason === "" ? "–" : approval.reason],
                [<Trans key="n">Asked</Trans>, formatInstant(approval.requested_at)],
                [<Trans key="n">Ends by itself</Trans>, formatInstant(approval.expires_at)],
              ]}
            />
          </Sheet>
        </Section>
        <Section title={<Trans>The decision</Trans>}>
          <Sheet className="px-13 py-5">
            <Facts
              facts={[
                ...firstOfTwo(approval),
                [<Trans key="n">Decided by</Trans>, <PersonName key="v" id={approval.decided_by} />],
                [<Trans key="n">Decided</Trans>, approval.decided_at === null ? "–" : formatInstant(approval.decided_at)],
                [<Trans key="n">Reason</Trans>, approval.decision_reason ?? "–"],
                [<Trans key="n">Hash of the request</Trans>, <CopyId key="v" value={approval.payload_hash} />],
              ]}
            />
          </Sheet>
        </Section>
      </div>
      {asked !== null && (
        <DecideDialog approval={approval} amount={amount} decision={asked} onClose={() => setAsked(null)} />
      )}
    </div>
  );
}

interface DecisionsProps {
  approval: Approval;
  amount: string | null;
  ask: (decision: Decision) => void;
}

/** Only what the server lets this person do; the amount stands on the button. */
function Decisions({ approval, amount, ask }: DecisionsProps) {
  return (
    <>
      {approval.can_withdraw && (
        <Button size="normal" onClick={() => ask("withdraw")}>
          <Trans>Take back</Trans>
        </Button>
      )}
      {approval.can_decide && (
        <>
          <Button size="normal" onClick={() => ask("reject")}>
            <Trans>Reject</Trans>
          </Button>
          {approval.can_approve && (
            <Button tone="primary" size="normal" onClick={() => ask("approve")}>
              {amount === null ? <Trans>Approve</Trans> : <Trans>Approve {amount}</Trans>}
            </Button>
          )}
        </>
      )}
    </>
  );
}
