import { Trans } from "@lingui/react/macro";
import { Users } from "lucide-react";
import type { ReactNode } from "react";

import { formatInstant } from "@/kernel/time";
import { PersonName } from "@/ui/person";

import type { Approval } from "./types";

/** The rules asked, and no person did: who has agreed, and who still has to. */
export function TwoPeople({ approval }: { approval: Approval }) {
  if (approval.people_needed < 2 || approval.state !== "requested") return null;
  return (
    <p className="mb-21 flex items-start gap-13 rounded-5 bg-ground p-13 text-16 text-pretty text-ink">
      <Users size={16} aria-hidden className="mt-5 shrink-0" />
      <span>
        {approval.agreed_by === null ? (
          <Trans>
            The rules ask for this, not a person: two different people approve it. Nobody who runs or supplies what it
            is about can be one of them. After the first approval nothing happens yet.
          </Trans>
        ) : (
          <Trans>
            <PersonName id={approval.agreed_by} /> has approved it. Another person has to approve it as well; until then
            nothing happens.
          </Trans>
        )}
      </span>
    </p>
  );
}

/** The first of two approvals, as facts of the decision. */
export function firstOfTwo(approval: Approval): [ReactNode, ReactNode][] {
  if (approval.people_needed < 2) return [];
  return [
    [<Trans key="n">First approved by</Trans>, <PersonName key="v" id={approval.agreed_by} />],
    [<Trans key="n">First approved</Trans>, approval.agreed_at === null ? "–" : formatInstant(approval.agreed_at)],
    [<Trans key="n">Reason of the first</Trans>, approval.agreed_reason ?? "–"],
  ];
}
