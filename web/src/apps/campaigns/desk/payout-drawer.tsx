import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { Timeline } from "@/ui/timeline";

import { permissions } from "../permissions";
import { CampaignLink } from "./belongs";
import { PayoutState } from "./payout-columns";
import type { Payout } from "./types";

export function PayoutDrawer({ payout, onRetry }: { payout: Payout; onRetry: () => void }) {
  const can = useCan();
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{formatMoney(payout.amount_minor, payout.currency)}</h2>
        <PayoutState payout={payout} />
      </div>
      {payout.state === "failed" &&
        (can(...permissions.settle) ? (
          <Button tone="primary" onClick={onRetry}>
            <Trans>Instruct it again</Trans>
          </Button>
        ) : (
          <p className="label">
            <Trans>
              Instructing needs <code className="font-mono">{permissions.settle[0]}</code>.
            </Trans>
          </p>
        ))}
      <Facts
        dense
        facts={[
          [<Trans key="n">Campaign</Trans>, <CampaignLink key="v" id={payout.campaign_id} title={payout.campaign_title} tab="books" />],
          [<Trans key="n">Supplier</Trans>, payout.supplier_name ?? "–"],
          [<Trans key="n">Goes to</Trans>, <CopyId key="v" value={payout.destination} />],
          [<Trans key="n">Released for</Trans>, payout.share_title ?? <Trans key="v">The end of the inspection</Trans>],
          [<Trans key="n">For commitments</Trans>, payout.commitments.toLocaleString("en-GB")],
          [<Trans key="n">Attempts</Trans>, String(payout.attempts)],
          [<Trans key="n">Released</Trans>, formatInstant(payout.created_at)],
          [<Trans key="n">Due</Trans>, payout.due_at === null ? "–" : formatInstant(payout.due_at)],
          [<Trans key="n">Arrived</Trans>, payout.confirmed_at === null ? "–" : formatInstant(payout.confirmed_at)],
          [<Trans key="n">Id</Trans>, <CopyId key="v" value={payout.id} />],
        ]}
      />
      {can("payments:read") && <Story id={payout.id} />}
    </div>
  );
}

interface Told {
  id: string;
  state: string;
  failure_code: string | null;
  created_at: string;
  resolved_at: string | null;
  returned_at: string | null;
}

/** Each time the provider was told to pay it, and what came of that. */
function Story({ id }: { id: string }) {
  const list = useKeysetList<Told>("/payments/instructions", { kind: "payout", target_id: id });
  if (list.rows.length === 0) return null;
  return (
    <Timeline
      entries={list.rows.map((each) => ({
        id: each.id,
        at: each.returned_at ?? each.resolved_at ?? each.created_at,
        title: storyWord(each),
        ...(each.failure_code === null ? {} : { detail: each.failure_code.replaceAll("_", " ") }),
      }))}
    />
  );
}

function storyWord({ state, returned_at: returned }: Told): string {
  if (returned !== null) return t`Came back after it had arrived`;
  if (state === "confirmed") return t`Arrived`;
  if (state === "failed") return t`Refused by the provider`;
  return state === "unknown" ? t`The answer is unknown; it is asked for again` : t`Instructed`;
}
