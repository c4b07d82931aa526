import { t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";

import { formatMoney } from "@/kernel/money";

import type { StageFigures } from "./dashboard-types";

function word(stage: StageFigures["stage"]): string {
  if (stage === "placed") return t`Placed`;
  if (stage === "held") return t`Held in escrow`;
  if (stage === "allocated") return t`Allocated`;
  if (stage === "settled") return t`Settled`;
  return t`Left: withdrawn, refunded, lapsed`;
}

export function Funnel({ stages, currency }: { stages: readonly StageFigures[]; currency: string }) {
  const whole = Math.max(1, ...stages.map(({ units }) => units));
  return (
    <ol className="flex flex-col gap-13">
      {stages.map(({ stage, commitments, units, amount_minor: amount }) => (
        <li key={stage}>
          <div className="flex flex-wrap items-baseline justify-between gap-x-13 text-12">
            <span className="font-medium">{word(stage)}</span>
            <span className="text-muted">
              <Plural value={commitments} one="# commitment" other="# commitments" /> ·{" "}
              <Plural value={units} one="# unit" other="# units" /> · {formatMoney(amount, currency)}
            </span>
          </div>
          <svg aria-hidden viewBox="0 0 100 8" preserveAspectRatio="none" className="mt-3 h-8 w-full rounded-2 bg-sunken">
            <rect width={(units / whole) * 100} height={8} className={stage === "left" ? "fill-line-strong" : "fill-info"} />
          </svg>
        </li>
      ))}
    </ol>
  );
}
