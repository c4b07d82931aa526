import type { Id, Instant } from "@/kernel/api-types";

export interface ApiCall {
  id: Id;
  called_at: Instant;
  api_key_id: Id;
  user_id: Id | null;
  method: string;
  route: string;
  status: number;
  code: string | null;
  duration_ms: number;
  response_bytes: number;
  request_id: string;
}
