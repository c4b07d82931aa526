import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { buttonClass } from "@/ui/button";

import { titleOf } from "../campaign-title";
import { CampaignState } from "../states";
import type { Campaign } from "../types";
import { CampaignFacts } from "./facts";

export function CampaignPeek({ campaign }: { campaign: Campaign }) {
  return (
    <div className="flex flex-col gap-13">
      <div className="pr-34">
        <CampaignState state={campaign.state} />
      </div>
      <h2 className="text-20 font-semibold">{titleOf(campaign)}</h2>
      {campaign.summary !== null && <p className="text-16 text-muted">{campaign.summary}</p>}
      <CampaignFacts campaign={campaign} />
      <Link to="/campaigns/$campaignId" params={{ campaignId: campaign.id }} className={buttonClass("primary")}>
        <Trans>Open</Trans>
      </Link>
    </div>
  );
}
