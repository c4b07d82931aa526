import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";

import { patch } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { say } from "@/ui/toast";

import { titleOf } from "../campaign-title";
import { CampaignState } from "../states";
import type { Campaign } from "../types";
import { CampaignForm } from "./campaign-form";
import { campaignSchema, toBody, toValues, type CampaignValues } from "./form-schema";
import { inFormTerms } from "./refuse-fields";
import { lockedInForm, useLockedFields, type LockedField } from "./locked-fields";
import { useCampaign } from "./use-campaign";

const route = getRouteApi("/app/campaigns/$campaignId/edit");

export function EditPage() {
  const { campaignId } = route.useParams();
  const { data, error, isPending, refetch } = useCampaign(campaignId);
  const locks = useLockedFields(campaignId);
  useTitle(t`Edit campaign`);
  if (isPending || locks.isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (locks.error !== null) return <ErrorState error={locks.error} onRetry={() => void locks.refetch()} />;
  return <Edit key={data.id} campaign={data} locked={locks.data.items} />;
}

function Edit({ campaign, locked }: { campaign: Campaign; locked: readonly LockedField[] }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useZodForm(campaignSchema, toValues(campaign));
  const { dirtyFields } = form.formState;
  const back = () => navigate({ to: "/campaigns/$campaignId", params: { campaignId: campaign.id } });
  const save = form.handleSubmit(async (values) => {
    const changed = Object.keys(dirtyFields) as (keyof CampaignValues)[];
    try {
      if (changed.length > 0) {
        const body = toBody(values, new Set(changed));
        await patch<Campaign>(`/campaigns/${campaign.id}`, body, { version: campaign.version });
        await queries.invalidateQueries({ queryKey: ["/campaigns"] });
        say({ title: t`Campaign saved` });
      }
      await back();
    } catch (error) {
      showRefusal(form, inFormTerms(error));
    }
  });
  return (
    <>
      <PageHead
        above={<Trans>Edit</Trans>}
        title={titleOf(campaign)}
        beside={<CampaignState state={campaign.state} />}
        below={
          locked.length === 0 ? undefined : (
            <Trans>What is locked can be read here and not changed; each field says why.</Trans>
          )
        }
      />
      <CampaignForm form={form} locked={lockedInForm(locked)} onSave={() => void save()} onLeave={() => void back()} />
    </>
  );
}
