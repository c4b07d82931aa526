import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Stamp } from "lucide-react";

import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { formatShort } from "@/kernel/time";

interface Waiting {
  id: string;
  summary: string;
  requested_at: string;
  people_needed: number;
  agreed_by: string | null;
}

/** What was asked for here and is not done yet, because another person has to agree. */
export function WaitingHere({ campaignId }: { campaignId: string }) {
  return useCan()("approvals:read") ? <Requests campaignId={campaignId} /> : null;
}

function Requests({ campaignId }: { campaignId: string }) {
  const { rows } = useKeysetList<Waiting>("/approvals", { state: "requested", subject_id: campaignId });
  useLive({ module: "approvals", refresh: [["/approvals"], ["/campaigns", campaignId]] });
  if (rows.length === 0) return null;
  return (
    <ul className="mb-21 rounded-5 bg-warn-soft text-ink">
      {rows.map((each) => (
        <li key={each.id} className="flex flex-wrap items-baseline gap-x-13 gap-y-3 px-13 py-8 text-12">
          <Stamp size={13} aria-hidden className="shrink-0 translate-y-1" />
          <span className="min-w-0 flex-1 basis-[260px]">
            <strong className="font-semibold">
              {each.people_needed > 1 && each.agreed_by === null ? <Trans>Waits for two people</Trans> : <Trans>Waits for a second person</Trans>}
            </strong>{" "}
            {each.summary}
          </span>
          <span>{formatShort(each.requested_at)}</span>
          <Link to="/approvals/$approvalId" params={{ approvalId: each.id }} className="font-medium text-link underline underline-offset-2">
            <Trans>Open the request</Trans>
          </Link>
        </li>
      ))}
    </ul>
  );
}
