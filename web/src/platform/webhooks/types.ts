// The shapes of the webhooks' routes that the page reads; tests/api-drift.ts holds them against the contract.
import type { Id, Instant } from "@/kernel/api-types";

export interface Webhook {
  id: Id;
  url: string;
  description: string;
  events: string[];
  is_on: boolean;
  off_reason: "gone" | "failing" | "left" | null;
  failing_since: Instant | null;
  old_secret_until: Instant | null;
  created_at: Instant;
  version: number;
}

export type WebhookWithSecret = Webhook & { secret: string };

export interface Attempt {
  attempted_at: Instant;
  duration_ms: number;
  status: number | null;
  error: string | null;
  excerpt: string | null;
}

export interface Delivery {
  id: Id;
  type: string;
  state: "queued" | "delivered" | "failed" | "withheld";
  reason: string | null;
  attempts: number;
  next_attempt_at: Instant | null;
  created_at: Instant;
  attempts_made: Attempt[];
}

export interface PublishedEvent {
  name: string;
  module: string;
  description: string;
  of: string[];
}

export const path = "/webhooks";
export const permissions = { read: "webhooks:read", manage: "webhooks:manage" } as const;
