import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { formatMoney } from "@/kernel/money";
import type { Amounts } from "./commitment-types";


/** Where each part of the amount is at this moment; the parts sum to what was taken into escrow. */
export function Parts({ amounts, currency }: { amounts: Amounts; currency: string }) {
  const parts: [string, ReactNode, number][] = [
    ["escrow", <Trans key="n">In escrow at the provider</Trans>, amounts.in_escrow_minor],
    ["apart", <Trans key="n">Held apart until what is disputed is decided</Trans>, amounts.held_apart_minor],
    ["going", <Trans key="n">On its way back to you</Trans>, amounts.going_back_minor],
    ["back", <Trans key="n">Back with your original payment method</Trans>, amounts.went_back_minor],
    ["released", <Trans key="n">Released from escrow by the published rules</Trans>, amounts.released_minor],
    ["bank", <Trans key="n">Kept for you by your bank</Trans>, amounts.lost_minor],
  ];
  const there = parts.filter(([, , amount]) => amount !== 0);
  return (
    <dl className="mb-21 rounded-8 border border-line bg-paper px-13 py-5 text-16 sm:px-21" aria-label={t`Where each part is`}>
      {there.map(([name, label, amount]) => (
        <div key={name} className="flex items-baseline justify-between gap-21 border-b border-line py-8">
          <dt className="text-muted">{label}</dt>
          <dd className="shrink-0">{formatMoney(amount, currency)}</dd>
        </div>
      ))}
      <div className="flex items-baseline justify-between gap-21 py-8">
        <dt>
          <Trans>In all, as taken into escrow</Trans>
        </dt>
        <dd className="shrink-0 font-semibold">{formatMoney(amounts.captured_minor, currency)}</dd>
      </div>
    </dl>
  );
}
