import type { Id, Instant } from "@/kernel/api-types";

export interface AttendedRequest {
  id: Id;
  tenant_id: Id;
  tenant_name: string;
  kind: "export" | "erasure";
  user_id: Id;
  /** Null once the person is erased in that organisation. */
  display_name: string | null;
  email: string | null;
  requested_at: Instant;
  /** A month after it was asked for. */
  answer_by: Instant;
  is_late: boolean;
  due_at: Instant;
  state: "waiting" | "running" | "done" | "withdrawn";
  obstacles: { code: string; text: string; count: number }[];
  ended_at: Instant | null;
  can_retry: boolean;
  can_withdraw: boolean;
}
