import type { Id, Instant } from "@/kernel/api-types";

export interface DataStep {
  name: string;
  title: string;
  fate: "erased" | "pseudonymised" | "kept";
  why: string;
  years: number | null;
  count: number;
}

export interface DataRequest {
  id: Id;
  kind: "export" | "erasure";
  user_id: Id;
  requested_at: Instant;
  due_at: Instant;
  state: "waiting" | "running" | "done" | "withdrawn";
  obstacles: { code: string; text: string }[];
  link: string | null;
  link_expires_at: Instant | null;
  ended_at: Instant | null;
  is_own: boolean;
  steps: DataStep[];
}
