import { Trans } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { CampaignLink } from "./belongs";
import { DisputeState } from "./dispute-columns";
import type { CardDispute } from "./types";

export function DisputeDrawer({ dispute }: { dispute: CardDispute }) {
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{formatMoney(dispute.amount_minor, dispute.currency)}</h2>
        <DisputeState dispute={dispute} />
      </div>
      <p className="text-12 text-pretty">
        {dispute.is_before_release ? (
          <Trans>Taken back before the release: the amount left the commitment&rsquo;s escrow and is held apart.</Trans>
        ) : (
          <Trans>Taken back after the release: what is lost is borne by the bond, as a fee is.</Trans>
        )}
      </p>
      <Facts
        dense
        facts={[
          [<Trans key="n">Provider</Trans>, dispute.provider],
          [<Trans key="n">Reference there</Trans>, <CopyId key="v" value={dispute.reference} full />],
          [<Trans key="n">Disputed</Trans>, formatMoney(dispute.amount_minor, dispute.currency)],
          [<Trans key="n">Fee, won or lost</Trans>, formatMoney(dispute.fee_minor, dispute.currency)],
          [<Trans key="n">Commitment</Trans>, <CopyId key="v" value={dispute.commitment_reference} full />],
          [<Trans key="n">Campaign</Trans>, <CampaignLink key="v" id={dispute.campaign_id} title={dispute.campaign_title} tab="commitments" />],
          [<Trans key="n">Opened</Trans>, formatInstant(dispute.opened_at)],
          [<Trans key="n">Closed</Trans>, dispute.closed_at === null ? "–" : formatInstant(dispute.closed_at)],
        ]}
      />
      {dispute.state === "open" && (
        <p className="label text-pretty">
          <Trans>
            Evidence is handed in with the provider, under this reference; its deadline stands there. What is decided
            comes here by itself.
          </Trans>
        </p>
      )}
    </div>
  );
}
