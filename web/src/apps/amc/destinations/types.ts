import type { Id, Instant } from "@/kernel/api-types";

export type DestinationKind = "postgresql" | "folder" | "s3";

/** Where results are taken to; what opens it is never sent here. */
export interface Destination {
  id: Id;
  name: string;
  kind: DestinationKind;
  settings: Record<string, unknown>;
  version: number;
}

/** Whether a result could be delivered now, and what stands in its way. */
export interface Trial {
  ok: boolean;
  problem: string | null;
}

export interface Delivery {
  id: Id;
  destination: { id: Id; name: string; kind: DestinationKind };
  run_id: Id;
  state: "pending" | "delivering" | "delivered" | "failed" | "skipped";
  tries: number;
  rows: number | null;
  problem: string | null;
  next_at: Instant | null;
  delivered_at: Instant | null;
}
