import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { formatMoney } from "@/kernel/money";

import type { Commitment } from "../types";

type Fact = readonly [ReactNode, ReactNode];

/** What was locked, and beside it what it came to where the supplier's answer made that another. */
export function amountFacts(commitment: Commitment): Fact[] {
  const { units_allocated: allocated, final_unit_price_minor: price, final_amount_minor: final } = commitment;
  const money = (amount: number) => formatMoney(amount, commitment.currency);
  const facts: Fact[] = [
    [<Trans key="n">Units</Trans>, commitment.units.toLocaleString("en-GB")],
    [<Trans key="n">Collective price a unit</Trans>, money(commitment.unit_price_minor)],
    [<Trans key="n">Amount</Trans>, <strong key="v">{money(commitment.amount_minor)}</strong>],
  ];
  if (allocated !== null && allocated !== commitment.units) {
    facts.push([<Trans key="n">Units allocated</Trans>, allocated.toLocaleString("en-GB")]);
  }
  if (price !== null && price !== commitment.unit_price_minor) facts.push([<Trans key="n">Final price a unit</Trans>, money(price)]);
  if (final !== null && final !== commitment.amount_minor) {
    facts.push([<Trans key="n">Final amount</Trans>, <strong key="v">{money(final)}</strong>]);
  }
  return facts;
}
