import { Link } from "@tanstack/react-router";

import { titleOf } from "../campaign-title";

/** The campaign that a record belongs to, by its title, as a way to it. */
export function CampaignLink({ id, title, tab }: { id: string; title: string | null; tab?: string }) {
  return (
    <Link
      to="/campaigns/$campaignId"
      params={{ campaignId: id }}
      search={tab === undefined ? {} : { tab }}
      className="text-link underline underline-offset-2"
    >
      {titleOf({ title })}
    </Link>
  );
}
