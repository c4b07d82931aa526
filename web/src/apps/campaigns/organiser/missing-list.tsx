import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CircleDashed } from "lucide-react";

import { Sheet } from "@/ui/page";

import type { Campaign } from "../types";
import { fieldInForm } from "./locked-fields";
import { missingTitle } from "./missing-title";

/** What the server still asks for before publication, each with where to put it. */
export function MissingList({ campaign }: { campaign: Campaign }) {
  if (campaign.missing.length === 0) return null;
  return (
    <Sheet className="mb-21 p-13 sm:p-21">
      <h2 id={missingTitle} className="text-12 font-semibold">
        <Plural
          value={campaign.missing.length}
          one="# thing is missing before this can be published"
          other="# things are missing before this can be published"
        />
      </h2>
      <ul className="mt-8 grid gap-x-21 gap-y-3 sm:grid-cols-2">
        {campaign.missing.map(({ field, hint }) => (
          <li key={field} className="flex items-start gap-8 text-12">
            <CircleDashed size={13} aria-hidden className="mt-3 shrink-0 text-warn" />
            <Link
              to="/campaigns/$campaignId/edit"
              params={{ campaignId: campaign.id }}
              hash={fieldInForm(field)}
              className="text-link underline underline-offset-2"
            >
              {hint}
            </Link>
          </li>
        ))}
      </ul>
      <Link
        to="/campaigns/$campaignId/edit"
        params={{ campaignId: campaign.id }}
        className="mt-8 inline-block text-12 font-medium text-link underline underline-offset-2"
      >
        <Trans>Fill them in</Trans>
      </Link>
    </Sheet>
  );
}
