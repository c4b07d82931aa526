import { create } from "zustand";

interface Moves {
  /** What was asked for on this page, until it is there: tenant id -> where to, and when (ms). */
  asked: Record<string, { to: string; at: number } | undefined>;
}

export const useMoves = create<Moves>(() => ({ asked: {} }));

export function noteMove(tenantId: string, to: string): void {
  useMoves.setState(({ asked }) => ({ asked: { ...asked, [tenantId]: { to, at: Date.now() } } }));
}
