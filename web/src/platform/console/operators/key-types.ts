import type { Id, Instant } from "@/kernel/api-types";

import type { Grant } from "../types";

/** A key of a program that runs the platform, without its text. */
export interface AdminKey {
  id: Id;
  name: string;
  prefix: string;
  kind: string;
  state: string;
  grants: Grant[];
  created_by: string | null;
  created_at: Instant;
  expires_at: Instant;
}

export interface AdminKeyMade {
  id: Id;
  expires_at: Instant;
  key: string;
}
