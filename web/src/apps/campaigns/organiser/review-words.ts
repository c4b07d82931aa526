import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

import type { Tone } from "@/ui/badge";

import type { ConstraintKind, ReviewRole, Verdict } from "./review-types";

const roles: Record<ReviewRole, MessageDescriptor> = {
  risk: msg`Risk`,
  operations: msg`Operations`,
  money: msg`Money`,
  gate: msg`Gate`,
};
const verdicts: Record<Verdict, { tone: Tone; word: MessageDescriptor; verb: MessageDescriptor }> = {
  accept: { tone: "ok", word: msg`Accepted`, verb: msg`Accept` },
  accept_with_constraints: { tone: "ok", word: msg`Accepted with constraints`, verb: msg`Accept with constraints` },
  defer: { tone: "paused", word: msg`Deferred`, verb: msg`Defer` },
  reject: { tone: "warn", word: msg`Rejected`, verb: msg`Reject` },
};
const kinds: Record<ConstraintKind, MessageDescriptor> = {
  cap_units_at_most: msg`A cap of at most so many units`,
  member_units_at_most: msg`At most so many units for each member`,
  deadline_at_latest: msg`It closes by a date`,
  bond_at_least_minor: msg`The bond holds at least an amount`,
  release_by_two_people: msg`Two people approve every release`,
};

export const reviewRoles = Object.keys(roles) as ReviewRole[];

export function roleWord(role: ReviewRole): string {
  return i18n._(roles[role]);
}

export function verdictLook(verdict: Verdict): { tone: Tone; word: string } {
  const { tone, word } = verdicts[verdict];
  return { tone, word: i18n._(word) };
}

export function verdictChoices(): { value: Verdict; label: string }[] {
  return (Object.keys(verdicts) as Verdict[]).map((value) => ({ value, label: i18n._(verdicts[value].verb) }));
}

export function constraintChoices(): { value: ConstraintKind; label: string }[] {
  return (Object.keys(kinds) as ConstraintKind[]).map((value) => ({ value, label: i18n._(kinds[value]) }));
}
