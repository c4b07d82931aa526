import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";

import { InstructionState, kindWord } from "./instruction-columns";
import type { Instruction, InstructionDetail } from "./types";

export function InstructionDrawer({ instruction }: { instruction: Instruction }) {
  const { id, currency, provider_reference: theirs, destination } = instruction;
  const at = (instant: string | null) => (instant === null ? "–" : formatInstant(instant));
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{kindWord(instruction)}</h2>
        <InstructionState instruction={instruction} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">Amount</Trans>, <strong key="v">{formatMoney(instruction.amount_minor, currency)}</strong>],
          [
            <Trans key="n">Confirmed</Trans>,
            instruction.confirmed_amount_minor === null ? "–" : formatMoney(instruction.confirmed_amount_minor, currency),
          ],
          [<Trans key="n">Provider</Trans>, instruction.provider],
          [<Trans key="n">Provider&rsquo;s reference</Trans>, theirs === null ? "–" : <CopyId key="v" value={theirs} />],
          [<Trans key="n">Goes to</Trans>, destination ?? "–"],
          [<Trans key="n">Refused for</Trans>, instruction.failure_code?.replaceAll("_", " ") ?? "–"],
          [<Trans key="n">Next attempt</Trans>, at(instruction.next_attempt_at)],
          [<Trans key="n">Resolved</Trans>, at(instruction.resolved_at)],
          [<Trans key="n">Returned</Trans>, at(instruction.returned_at)],
          [<Trans key="n">Ledger transfer</Trans>, <CopyId key="v" value={instruction.ledger_transfer_id} />],
          [<Trans key="n">Id, and key at the provider</Trans>, <CopyId key="v" value={id} />],
        ]}
      />
      <Calls id={id} />
    </div>
  );
}

function Calls({ id }: { id: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/payments/instructions", id],
    queryFn: ({ signal }) => get<InstructionDetail>(`/payments/instructions/${id}`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={2} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.calls.length === 0) {
    return (
      <p className="label">
        <Trans>The provider was not called yet.</Trans>
      </p>
    );
  }
  return (
    <Timeline
      entries={data.calls.map((call) => ({
        id: String(call.number),
        at: call.started_at,
        title: call.how === "send" ? t`Call ${call.number}` : t`Call ${call.number}: asked again`,
        detail: [call.outcome?.replaceAll("_", " ") ?? t`no answer`, call.reason].filter((part) => part !== null).join(": "),
      }))}
    />
  );
}
