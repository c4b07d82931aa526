import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { get } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";

import type { Campaign } from "../types";
import type { Review, ReviewOpinion, ReviewRole } from "./review-types";
import { reviewRoles, roleWord, verdictLook } from "./review-words";

const OpinionDialog = lazy(() => import("./opinion-dialog").then((file) => ({ default: file.OpinionDialog })));

const shownIn = new Set(["draft", "in_review", "scheduled", "live"]);

/** What each role makes of the submitted terms: any may block them, the gate alone accepts. */
export function ReviewSection({ campaign }: { campaign: Campaign }) {
  return shownIn.has(campaign.state) ? <Said campaign={campaign} /> : null;
}

function Said({ campaign }: { campaign: Campaign }) {
  const [stating, setStating] = useState(false);
  const { data } = useQuery({
    queryKey: ["/campaigns", campaign.id, "review"],
    queryFn: ({ signal }) => get<Review>(`/campaigns/${campaign.id}/review`, { signal }),
  });
  const reviewing = campaign.state === "in_review";
  if (data === undefined || (!reviewing && data.opinions.length === 0)) return null;
  const standing = new Map(data.opinions.filter(({ stands }) => stands).map((each) => [each.role, each]));
  return (
    <Section
      title={<Trans>The review</Trans>}
      hint={<Trans>Risk, operations and money may each block the campaign. The gate accepts it, once nobody objects.</Trans>}
      actions={
        data.own_roles.length > 0 && (
          <Button onClick={() => setStating(true)}>
            <Trans>State your view</Trans>
          </Button>
        )
      }
    >
      <Sheet>
        <ul>
          {reviewRoles
            .filter((role) => reviewing || standing.has(role))
            .map((role) => (
              <RoleLine key={role} role={role} opinion={standing.get(role)} />
            ))}
        </ul>
      </Sheet>
      <Suspense>
        {stating && <OpinionDialog campaign={campaign} roles={data.own_roles} onClose={() => setStating(false)} />}
      </Suspense>
    </Section>
  );
}

function RoleLine({ role, opinion }: { role: ReviewRole; opinion: ReviewOpinion | undefined }) {
  const look = opinion === undefined ? null : verdictLook(opinion.verdict);
  return (
    <li className="flex flex-wrap items-baseline gap-x-21 gap-y-3 border-b border-line px-13 py-8 text-12 last:border-0">
      <strong className="w-89 font-semibold">{roleWord(role)}</strong>
      {opinion === undefined || look === null ? (
        <span className="label">
          <Trans>Has said nothing</Trans>
        </span>
      ) : (
        <>
          <Badge tone={look.tone}>{look.word}</Badge>
          <span className="min-w-0 flex-1 basis-[260px] text-pretty">
            {opinion.reason}
            {opinion.constraints.map(({ kind, told }) => (
              <span key={kind} className="block font-medium">
                {told}
              </span>
            ))}
          </span>
          <span className="label">
            <PersonName id={opinion.stated_by} /> · {formatShort(opinion.stated_at)}
          </span>
        </>
      )}
    </li>
  );
}
