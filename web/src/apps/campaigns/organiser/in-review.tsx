import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { UsersRound } from "lucide-react";

import { get } from "@/kernel/client";

import type { Campaign } from "../types";

/** Who may approve what was submitted, by name as far as there are few. */
export interface Reviewers {
  needs_second_person: boolean;
  submitted_by: string | null;
  items: { user_id: string; display_name: string | null }[];
  count: number;
  roles: string[];
}

/** A submitted campaign waits for somebody: who that can be, and that it is not who submitted it. */
export function InReview({ campaign }: { campaign: Campaign }) {
  const { data } = useQuery({
    queryKey: ["/campaigns", campaign.id, "reviewers"],
    queryFn: ({ signal }) => get<Reviewers>(`/campaigns/${campaign.id}/reviewers`, { signal }),
  });
  if (data === undefined) return null;
  const mayDecide = campaign.allowed_transitions.some(({ name }) => name === "approve");
  return (
    <section className="mb-21 flex items-start gap-13 rounded-5 bg-soft p-13 text-16">
      <UsersRound size={16} aria-hidden className="mt-5 shrink-0" />
      <div className="min-w-0 text-pretty">
        <h2 className="font-semibold">
          {data.needs_second_person ? <Trans>Waits for a second person</Trans> : <Trans>Waits for its review</Trans>}
        </h2>
        <p>
          {mayDecide ? <Trans>You may approve it now, or send it back with a reason.</Trans> : <Who reviewers={data} />}{" "}
          {data.needs_second_person && <Trans>Whoever submitted a campaign does not approve it.</Trans>}
        </p>
      </div>
    </section>
  );
}

function Who({ reviewers: { items, count, roles } }: { reviewers: Reviewers }) {
  const written = listOf(roles, "disjunction");
  if (count === 0) {
    return (
      <Trans>
        Nobody else here may approve it yet:{" "}
        <Link to="/settings/members" className="text-link underline underline-offset-2">
          invite a member
        </Link>{" "}
        with the role {written}.
      </Trans>
    );
  }
  const named = items.map(({ display_name: name }) => name ?? t`a member without a name`);
  const more = count - items.length;
  const people = listOf(more === 0 ? named : [...named, t`${more} more`], "disjunction");
  return (
    <Trans>
      {people} can approve it or send it back (a member with the role {written}).
    </Trans>
  );
}

function listOf(parts: readonly string[], type: "conjunction" | "disjunction"): string {
  return new Intl.ListFormat("en-GB", { type }).format(parts);
}
