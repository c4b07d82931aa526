import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Hourglass } from "lucide-react";

import { formatInstant } from "@/kernel/time";

import type { Campaign } from "../types";

/** Who has to act next and until when, where that is not the person who looks. */
export function Awaited({ campaign }: { campaign: Campaign }) {
  const said = awaited(campaign);
  if (said === null) return null;
  return (
    <p className="mb-21 flex items-start gap-13 rounded-5 bg-soft p-13 text-16 text-pretty">
      <Hourglass size={16} aria-hidden className="mt-5 shrink-0" />
      <span>
        <strong className="font-semibold">
          <Trans>What is awaited</Trans>
        </strong>{" "}
        {said}
      </span>
    </p>
  );
}

export function awaited(campaign: Campaign): string | null {
  const supplier = campaign.supplier_name ?? t`the supplier`;
  const at = (instant: string) => formatInstant(instant, campaign.time_zone);
  switch (campaign.state) {
    case "closing":
      return t`The provider confirms the last payments; then what is in escrow decides by itself.`;
    case "awaiting_supplier":
      if (campaign.consent_until !== null) return t`Members agree to the part that ${supplier} accepted, or leave, until ${at(campaign.consent_until)}.`;
      if (campaign.accept_by === null) return t`${supplier} accepts or declines.`;
      return t`${supplier} accepts or declines until ${at(campaign.accept_by)}. Silence counts as declining.`;
    case "procuring":
      return t`${supplier} prepares the goods. When they are ready to leave, the organiser starts the delivery.`;
    case "fulfilling":
      return t`${supplier} delivers and records it; no date ends this by itself. Once a delivery is recorded, the organiser confirms it here and members inspect.`;
    case "inspecting":
      return inspection(campaign, at);
    case "failing":
    case "cancelling":
    case "unwinding":
      return t`The provider confirms the refunds; then the campaign ends by itself.`;
    default:
      return null;
  }
}

function inspection({ release_held_at: held, inspection_ends_at: ends }: Campaign, at: (instant: string) => string): string {
  if (held !== null) return t`The release is held back: the reported issues have to be decided first.`;
  if (ends === null) return t`Members inspect what was delivered.`;
  return t`Members inspect and may report an issue until ${at(ends)}. Then the release from escrow is next.`;
}
