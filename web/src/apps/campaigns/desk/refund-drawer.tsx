import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { PersonName } from "@/ui/person";

import { permissions } from "../permissions";
import { CampaignLink } from "./belongs";
import { reasonWord, RefundState } from "./refund-columns";
import type { Refund } from "./types";

interface RefundDrawerProps {
  refund: Refund;
  onAsk: (verb: "retry" | "another") => void;
}

export function RefundDrawer({ refund, onAsk }: RefundDrawerProps) {
  const may = useCan()(...permissions.settle);
  const { approval_id: approval } = refund;
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="font-mono text-16 font-semibold">{refund.commitment_reference}</h2>
        <RefundState refund={refund} />
      </div>
      {refund.state === "failed" && (
        <p className="text-12 text-pretty">
          <Trans>The provider refused it. The money is still held for the member, and nothing of it can go anywhere else.</Trans>
        </p>
      )}
      {refund.state === "failed" && may && (
        <div className="flex flex-wrap gap-8">
          <Button tone="primary" onClick={() => onAsk("retry")}>
            <Trans>Instruct it again</Trans>
          </Button>
          <Button onClick={() => onAsk("another")}>
            <Trans>Pay it another way</Trans>
          </Button>
        </div>
      )}
      {refund.state === "failed" && !may && (
        <p className="label">
          <Trans>
            Instructing needs <code className="font-mono">{permissions.settle[0]}</code>.
          </Trans>
        </p>
      )}
      <Facts
        dense
        facts={[
          [<Trans key="n">Amount</Trans>, <strong key="v">{formatMoney(refund.amount_minor, refund.currency)}</strong>],
          [<Trans key="n">Part</Trans>, refund.whole ? <Trans key="v">All in escrow</Trans> : <Trans key="v">A part</Trans>],
          [<Trans key="n">Campaign</Trans>, <CampaignLink key="v" id={refund.campaign_id} title={refund.campaign_title} tab="commitments" />],
          [<Trans key="n">Reason</Trans>, reasonWord(refund)],
          [<Trans key="n">In words</Trans>, refund.reason ?? "–"],
          [<Trans key="n">Goes to</Trans>, refund.destination ?? <Trans key="v">The method it came from</Trans>],
          [<Trans key="n">Attempts</Trans>, String(refund.attempts)],
          [<Trans key="n">Decided</Trans>, formatInstant(refund.created_at)],
          [<Trans key="n">Arrived</Trans>, refund.resolved_at === null ? "–" : formatInstant(refund.resolved_at)],
          [<Trans key="n">Asked by</Trans>, <PersonName key="v" id={refund.requested_by} kind="system" />],
          [
            <Trans key="n">Approval</Trans>,
            approval === null ? (
              "–"
            ) : (
              <Link key="v" to="/approvals/$approvalId" params={{ approvalId: approval }} className="text-link underline">
                <Trans>Open</Trans>
              </Link>
            ),
          ],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={refund.id} />],
        ]}
      />
    </div>
  );
}
