import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Copy, ExternalLink } from "lucide-react";

import { useMe } from "@/kernel/me";
import { Button } from "@/ui/button";
import { say, sayRefused } from "@/ui/toast";

import type { Campaign } from "../types";
import { HideCampaign } from "./hide-campaign";

/** Where everybody reads a published campaign, to be opened or passed on. */
export function PublicLink({ campaign }: { campaign: Campaign }) {
  const orgSlug = useMe()?.tenant?.slug;
  if (orgSlug === undefined || campaign.visibility === "draft") return null;
  const address = `${window.location.origin}/o/${orgSlug}/campaigns/${campaign.slug}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      say({ title: t`Link copied`, detail: address });
    } catch {
      // Browsers lend the clipboard to pages over https and on this machine only.
      sayRefused(t`This browser does not let the page copy`, address);
    }
  };
  return (
    <div className="mb-13 flex flex-wrap items-center gap-x-13 gap-y-5 text-12">
      {campaign.visibility !== "hidden" && (
        <>
          <Link
            to="/o/$orgSlug/campaigns/$slug"
            params={{ orgSlug, slug: campaign.slug }}
            className="inline-flex items-center gap-5 font-medium text-link underline underline-offset-2"
          >
            <ExternalLink size={13} aria-hidden />
            <Trans>Public page</Trans>
          </Link>
          <Button tone="quiet" icon={<Copy size={13} aria-hidden />} onClick={() => void copy()}>
            <Trans>Copy link</Trans>
          </Button>
        </>
      )}
      <HideCampaign campaign={campaign} />
      {campaign.visibility === "hidden" && (
        <span className="text-muted">
          <Trans>Hidden: only those who joined still see it.</Trans>
        </span>
      )}
    </div>
  );
}
