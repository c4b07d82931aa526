import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatShort } from "@/kernel/time";
import { Section, Sheet } from "@/ui/page";

import type { WaitingRequest } from "./types";

/** Releases that two people have to approve before the supplier is paid. */
export function WaitingReleases() {
  const may = useCan()("approvals:read");
  return may ? <Releases /> : null;
}

function Releases() {
  const list = useKeysetList<WaitingRequest>("/approvals", { state: "requested", action: "campaigns.release" });
  useLive({ module: "approvals", refresh: [["/approvals"]] });
  if (list.rows.length === 0) return null;
  return (
    <Section
      title={<Trans>Wait to be approved</Trans>}
      hint={<Trans>Two different people approve a release, neither its organiser nor its supplier.</Trans>}
    >
      <Sheet>
        {list.rows.map((each) => (
          <Link
            key={each.id}
            to="/approvals/$approvalId"
            params={{ approvalId: each.id }}
            className="flex flex-wrap items-baseline gap-x-21 border-b border-line px-13 py-8 text-12 last:border-0 hover:bg-ground"
          >
            <span className="min-w-0 flex-1 basis-[260px]">{each.summary}</span>
            <span className="label">{each.agreed_by === null ? <Trans>0 of 2 approved</Trans> : <Trans>1 of 2 approved</Trans>}</span>
            <span className="label">{formatShort(each.requested_at)}</span>
            <span className="ml-auto font-medium">
              {each.amount_minor === null || each.currency === null ? "–" : formatMoney(each.amount_minor, each.currency)}
            </span>
          </Link>
        ))}
      </Sheet>
    </Section>
  );
}
