import { useSyncExternalStore } from "react";

import { isRecord } from "@/kernel/stored";

import type { Draft } from "../editor/draft";
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
  /** Where the result is taken to. */
  destinations: string[];
}

export const freshPlan = (): Plan => ({
  workflow: null,
  own: null,
  typed: {},
  window: { kind: "rolling", days: 30, lag_days: null },
  name: "",
  dryRun: false,
  destinations: [],
});

const keyOf = (clientId: string) => `metatron.amc.plan.${clientId}`;
const listeners = new Set<() => void>();
const read = new Map<string, { text: string; plan: Plan }>();

function isPlan(value: unknown): value is Plan {
  return isRecord(value) && isRecord(value["typed"]) && isRecord(value["window"]) && typeof value["name"] === "string";
}

function recall(clientId: string): Plan {
  const text = sessionStorage.getItem(keyOf(clientId)) ?? "";
  const before = read.get(clientId);
  if (before?.text === text) return before.plan;
  let plan = freshPlan();
  try {
    const value: unknown = text === "" ? null : JSON.parse(text);
    if (isPlan(value)) plan = { ...plan, ...value };
  } catch {
    // What cannot be read is begun anew.
  }
  read.set(clientId, { text, plan });
  return plan;
}

/** Kept in this tab, so that a reload in the middle of the steps loses nothing. */
export function changePlan(clientId: string, change: Partial<Plan>): void {
  sessionStorage.setItem(keyOf(clientId), JSON.stringify({ ...recall(clientId), ...change }));
  listeners.forEach((listener) => listener());
}

export function forgetPlan(clientId: string): void {
  sessionStorage.removeItem(keyOf(clientId));
  listeners.forEach((listener) => listener());
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePlan(clientId: string): Plan {
  return useSyncExternalStore(watch, () => recall(clientId));
}
