import { useMemo } from "react";

import { isRecord } from "@/kernel/stored";

import type { Draft } from "../editor/draft";
import { keepInTab } from "../kept";
import type { Typed } from "../parameters/values";
import type { WindowRule } from "../types";

/** A run being put together for one client. */
export interface Plan {
  workflow: { id: string; name: string; number: number } | null;
  /** A query that is run as it stands here, in place of the saved version. */
  own: Draft | null;
  typed: Typed;
  window: WindowRule;
  name: string;
  dryRun: boolean;
  /** Over made-up data, where there is a choice. */
  madeUp: boolean;
  /** Single events leave, which made-up data alone may. */
  uncontrolled: boolean;
  /** Where the result is taken to. */
  destinations: string[];
}

const usualWindow: WindowRule = { kind: "rolling", days: 30, lag_days: null };

const freshPlan: Plan = {
  workflow: null,
  own: null,
  typed: {},
  window: usualWindow,
  name: "",
  dryRun: false,
  madeUp: false,
  uncontrolled: false,
  destinations: [],
};

const plans = keepInTab<Plan>(
  "plan",
  ({ typed, window }) => (typed === undefined || isRecord(typed)) && (window === undefined || isRecord(window)),
);

export const changePlan = plans.change;
export const forgetPlan = plans.forget;

/** Begins anew with a query; the window is the client's usual one until another is chosen. */
export function beginPlan(clientId: string, start: Partial<Plan>): void {
  plans.forget(clientId);
  plans.change(clientId, start);
}

/** The plan as it stands; `window` is what is read when nothing was chosen yet. */
export function usePlan(clientId: string, window: WindowRule | undefined): Plan {
  const kept = plans.use(clientId);
  return useMemo(() => ({ ...freshPlan, ...(window === undefined ? {} : { window }), ...kept }), [kept, window]);
}
