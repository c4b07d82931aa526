import { Trans } from "@lingui/react/macro";

import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatDay, formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { BreakState, breakWord } from "./break-columns";
import { permissions } from "./permissions";
import type { Break } from "./types";
import { resolutionWords } from "./words";

export function BreakDrawer({ found, onSettle }: { found: Break; onSettle: () => void }) {
  const may = useCan()(...permissions.resolve);
  const money = (minor: number | null) => (minor === null ? "–" : formatMoney(minor, found.currency));
  const apart = found.expected_minor === null || found.found_minor === null ? null : found.found_minor - found.expected_minor;
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{breakWord(found)}</h2>
        <BreakState found={found} />
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">In our records</Trans>, money(found.expected_minor)],
          [<Trans key="n">On the statement</Trans>, money(found.found_minor)],
          [<Trans key="n">Apart by</Trans>, money(apart)],
          [<Trans key="n">Value date</Trans>, formatDay(found.value_on)],
          [<Trans key="n">Reference</Trans>, found.reference === null ? "–" : <CopyId key="v" value={found.reference} full />],
          [<Trans key="n">Provider</Trans>, found.provider],
          [<Trans key="n">Found</Trans>, formatInstant(found.opened_at)],
          [<Trans key="n">Movement</Trans>, found.movement_id === null ? "–" : <CopyId key="v" value={found.movement_id} />],
          [<Trans key="n">Statement line</Trans>, found.statement_line_id === null ? "–" : <CopyId key="v" value={found.statement_line_id} />],
        ]}
      />
      {found.state === "open" ? (
        may ? (
          <Button tone="primary" onClick={onSettle}>
            <Trans>Settle this difference</Trans>
          </Button>
        ) : (
          <p className="label">
            <Trans>
              Settling needs <code className="font-mono">{permissions.resolve[0]}</code>.
            </Trans>
          </p>
        )
      ) : (
        <Facts
          dense
          facts={[
            [<Trans key="n">Settled as</Trans>, resolutionWords()[found.resolution ?? ""] ?? "–"],
            [<Trans key="n">Reason</Trans>, found.reason ?? "–"],
            [<Trans key="n">Settled</Trans>, found.resolved_at === null ? "–" : formatInstant(found.resolved_at)],
            [<Trans key="n">By</Trans>, found.resolved_by === null ? "–" : <CopyId key="v" value={found.resolved_by} />],
          ]}
        />
      )}
    </div>
  );
}
