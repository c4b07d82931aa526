import { t } from "@lingui/core/macro";
import * as z from "zod/mini";

import { fromLocalField, toLocalField } from "@/kernel/time";
import type { PlannedShare } from "../milestones/types";


export const milestoneSchema = z.object({
  title: z.string().check(z.maxLength(200)),
  per_cent: z.string(),
  due_at: z.string(),
  auto_hours: z.string(),
  is_upfront: z.boolean(),
});

type MilestoneValue = z.infer<typeof milestoneSchema>;

const whole = 10_000;

/** Per cent as typed, in basis points; null when it is none above zero. */
export function basisPoints(text: string): number | null {
  if (!/^\d{1,3}(\.\d{1,2})?$/.test(text.trim())) return null;
  const points = Math.round(Number(text) * 100);
  return points > 0 && points <= whole ? points : null;
}

/** What is wrong with a plan of shares, each fault beside its field. */
export function wrongMilestones(shares: readonly MilestoneValue[]) {
  const found: { code: "custom"; path: (string | number)[]; input: unknown; message: string }[] = [];
  const refuse = (path: (string | number)[], message: string) => found.push({ code: "custom", path: ["milestones", ...path], input: shares, message });
  shares.forEach((share, index) => {
    if (share.title.trim() === "") refuse([index, "title"], t`Enter a title`);
    if (basisPoints(share.per_cent) === null) refuse([index, "per_cent"], t`Enter a percentage, e.g. 25`);
    if (share.due_at === "") refuse([index, "due_at"], t`Enter a date`);
    else if (index > 0 && share.due_at <= (shares[index - 1]?.due_at ?? "")) refuse([index, "due_at"], t`After the share before`);
    if (!/^\d{0,4}$/.test(share.auto_hours) || Number(share.auto_hours) > 1440) refuse([index, "auto_hours"], t`Enter at most 1440 hours`);
  });
  const sum = shares.reduce((total, share) => total + (basisPoints(share.per_cent) ?? 0), 0);
  if (shares.length === 1) refuse(["root"], t`Name at least one share before the last, which follows the inspection`);
  else if (shares.length > 0 && sum !== whole) refuse(["root"], t`The shares sum to ${sum / 100} %, and must sum to 100 %`);
  return found;
}

export const milestoneValues = (shares: readonly PlannedShare[]): MilestoneValue[] =>
  shares.map((share) => ({
    title: share.title,
    per_cent: String(share.share_bp / 100),
    due_at: toLocalField(share.due_at),
    auto_hours: share.auto_approve_hours == null ? "" : String(share.auto_approve_hours),
    is_upfront: share.is_upfront,
  }));

export const milestonesBody = (shares: readonly MilestoneValue[]) =>
  shares.map((share) => ({
    title: share.title.trim(),
    share_bp: basisPoints(share.per_cent),
    due_at: fromLocalField(share.due_at),
    auto_approve_hours: share.auto_hours === "" ? null : Number(share.auto_hours),
    is_upfront: share.is_upfront,
  }));
