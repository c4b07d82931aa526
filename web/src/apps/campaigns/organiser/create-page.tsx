import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { post } from "@/kernel/client";
import { showRefusal, useZodForm } from "@/kernel/forms";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";

import type { Campaign } from "../types";
import { CampaignForm } from "./campaign-form";
import { blank, campaignSchema, toBody, type CampaignValues } from "./form-schema";
import { inFormTerms } from "./refuse-fields";

export function CreatePage() {
  useTitle(t`New campaign`);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useZodForm(campaignSchema, blank);
  const save = form.handleSubmit(async (values) => {
    try {
      const filled = Object.entries(values).filter(([, value]) => value !== "");
      const body = toBody(values, new Set(filled.map(([name]) => name as keyof CampaignValues)));
      const made = await post<Campaign>("/campaigns", body);
      await queries.invalidateQueries({ queryKey: ["/campaigns"] });
      await navigate({ to: "/campaigns/$campaignId", params: { campaignId: made.id }, replace: true });
    } catch (error) {
      showRefusal(form, inFormTerms(error));
    }
  });
  return (
    <>
      <PageHead
        title={<Trans>New campaign</Trans>}
        below={<Trans>Only the title is needed now. It stays a draft until you submit it.</Trans>}
      />
      <CampaignForm form={form} onSave={() => void save()} onLeave={() => void navigate({ to: "/campaigns" })} />
    </>
  );
}
