import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatInstant } from "@/kernel/time";
import { buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { plainWord } from "../words";
import { kindText } from "./kind-words";
import type { AdCampaign } from "./types";

export function CampaignPeek({ campaign }: { campaign: AdCampaign }) {
  const { brand, earlier_names: earlier } = campaign;
  return (
    <div className="flex flex-col gap-13">
      <p className="label pr-34">{kindText(campaign.kind)}</p>
      <h2 className="text-20 font-semibold break-words">{campaign.name}</h2>
      <Facts
        dense
        facts={[
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={campaign.campaign_id} full />],
          [<Trans key="n">Brand</Trans>, brand || "–"],
          [<Trans key="n">State</Trans>, campaign.state === "" ? "–" : plainWord(campaign.state.toLowerCase())],
          [<Trans key="n">Earlier names</Trans>, earlier.length === 0 ? "–" : earlier.join("; ")],
          [<Trans key="n">Changed</Trans>, formatInstant(campaign.seen_at)],
        ]}
      />
      {brand !== "" && (
        <Link to="/amc/clients/campaigns" search={{ brand }} className={buttonClass("plain")}>
          <Trans>All of this brand</Trans>
        </Link>
      )}
    </div>
  );
}
