import { parseMoney, plainMoney } from "@/kernel/money";

import type { ApprovalRule, FourEyes } from "./types";

/** A rule as it stands in the form: the amount as it was typed. */
export interface Draft {
  four_eyes: FourEyes;
  above: string;
  currency: string;
}

export function draftOf({ four_eyes, above_minor: above, currency }: ApprovalRule): Draft {
  const known = above !== null && currency !== null;
  return { four_eyes, above: known ? plainMoney(above, currency) : "", currency: currency ?? "EUR" };
}

const code = /^[A-Z]{3}$/;

/** The rule that a draft stands for; null while its amount or its currency cannot be read. */
export function readDraft(action: string, { four_eyes, above, currency }: Draft) {
  if (four_eyes !== "above") return { action, four_eyes };
  const minor = code.test(currency) ? parseMoney(above, currency) : null;
  return minor === null ? null : { action, four_eyes, above_minor: minor, currency };
}
