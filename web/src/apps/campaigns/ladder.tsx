import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { formatMoney } from "@/kernel/money";

import type { Tier } from "./types";

interface LadderProps {
  tiers: readonly Tier[];
  /** The published price a unit, which is what a member locks. */
  price: number;
  currency: string;
}

/** Prices by the units of all members together: plain rows, no comparison, one final price for everybody. */
export function Ladder({ tiers, price, currency }: LadderProps) {
  return (
    <div>
      <table className="w-full text-16">
        <thead>
          <tr className="border-b border-line text-left">
            <th className="label py-8 font-medium">
              <Trans>Units of all members together</Trans>
            </th>
            <th className="label py-8 text-right font-medium">
              <Trans>Collective price a unit</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          <Row price={formatMoney(price, currency)}>
            <Trans>At the goal</Trans>
          </Row>
          {tiers.map((tier) => (
            <Row key={tier.min_units} price={formatMoney(tier.unit_price_minor, currency)}>
              <Trans>From {tier.min_units.toLocaleString("en-GB")}</Trans>
            </Row>
          ))}
        </tbody>
      </table>
      <p className="mt-8 text-16 text-pretty text-muted">
        <Trans>
          You lock {formatMoney(price, currency)} a unit. The final price is one for everybody, set by the units
          allocated in all. What you locked above it is refunded from escrow.
        </Trans>
      </p>
    </div>
  );
}

function Row({ price, children }: { price: string; children: ReactNode }) {
  return (
    <tr className="border-b border-line last:border-0">
      <td className="py-8">{children}</td>
      <td className="py-8 text-right">{price}</td>
    </tr>
  );
}
