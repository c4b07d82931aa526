import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";

import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";

import { clientTabs } from "../clients/client-tabs";
import { LinkTabs } from "../list/link-tabs";
import { ServerList } from "../list/server-list";
import { campaignColumns } from "./campaign-columns";
import { CampaignPeek } from "./campaign-peek";
import { EmptyCatalogue } from "./empty-catalogue";
import { FetchButton } from "./fetch-button";
import { ImportButton } from "./import-button";
import { kindText } from "./kind-words";
import { campaignKinds, type AdCampaign } from "./types";
import { brandChoices, useBrands } from "./use-brands";

const route = getRouteApi("/app/amc/clients/campaigns");

/** Every campaign of the organisation: found by its name, an earlier name or its id. */
export function CampaignsPage() {
  useTitle(t`Campaigns`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => campaignColumns(), []);
  const brands = useBrands();
  return (
    <>
      <PageHead
        title={<Trans>Clients</Trans>}
        below={<Trans>The campaigns that queries and mappings choose from.</Trans>}
        actions={
          <>
            <FetchButton subject="campaigns" />
            <ImportButton subject="campaigns" />
          </>
        }
      />
      <LinkTabs label={t`Clients and connections`} tabs={clientTabs()} />
      <ServerList<AdCampaign>
        name="ad-campaigns"
        label={t`Campaigns`}
        path="/amc/catalogue/campaigns"
        columns={columns}
        views={[{ name: t`All`, search: {} }]}
        filters={[
          { id: "type", label: t`Type`, choices: campaignKinds.map((value) => ({ value, label: kindText(value) })) },
          { id: "brand", label: t`Brand`, choices: brandChoices(brands, "campaigns", search.brand) },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        sorted="name"
        placeholder={t`Name, earlier name or id`}
        rowId={(row) => `${row.kind} ${row.campaign_id}`}
        rowLabel={(row) => row.name}
        peek={(row) => <CampaignPeek campaign={row} />}
        empty={<EmptyCatalogue subject="campaigns" />}
      />
    </>
  );
}
