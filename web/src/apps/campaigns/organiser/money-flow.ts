import type { Books } from "../types";

export type FlowEnd = "escrow" | "refund_due" | "members" | "supplier_due" | "supplier" | "income";

export interface Flow {
  /** What members put into escrow, in minor units. */
  in: number;
  out: { to: FlowEnd; amount: number }[];
}

/** Reads the flow from the books: what came into members' escrow, and where it stands or went. */
export function flowOf(books: Books): Flow {
  const of = (matches: (code: string) => boolean) => {
    const rows = books.accounts.filter(({ code }) => matches(code));
    const sum = (pick: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + pick(row), 0);
    return {
      debits: sum((row) => row.debits_posted_minor),
      credits: sum((row) => row.credits_posted_minor),
    };
  };
  const escrow = of((code) => code === "cmt:*:escrow" || code === "cmt:*:hold");
  const due = of((code) => code === "cmt:*:refund_due");
  const payable = of((code) => code.startsWith("camp:") && code.endsWith(":payable"));
  const income = of((code) => code === "margin_income" || code === "fee_income" || code === "tax_payable");
  // Margin, fees and their tax leave what is due to the supplier: the rest of what left it was paid out.
  const earned = income.credits - income.debits;
  const out: Flow["out"] = [
    { to: "escrow", amount: escrow.credits - escrow.debits },
    { to: "refund_due", amount: due.credits - due.debits },
    { to: "members", amount: due.debits },
    { to: "supplier_due", amount: payable.credits - payable.debits },
    { to: "supplier", amount: payable.debits - earned },
    { to: "income", amount: earned },
  ];
  const shown = out.filter(({ amount }) => amount > 0);
  return { in: shown.reduce((all, { amount }) => all + amount, 0), out: shown };
}
