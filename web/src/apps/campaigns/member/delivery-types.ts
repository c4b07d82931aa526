// A member's own delivery and shares, held against the server by tests/api-drift.ts.
import type { OwnMilestone } from "../milestones/types";
import type { ConsolidationPoint, FulfilmentEvent, Strategy } from "../types";
import type { Address } from "./address";

export interface OwnDelivery {
  delivery_strategy: Strategy | null;
  address: Address | null;
  consolidation_point: ConsolidationPoint | null;
  can_change: boolean;
  can_erase: boolean;
  can_confirm: boolean;
  received_at: string | null;
  events: FulfilmentEvent[];
}

export interface OwnMilestones {
  items: OwnMilestone[];
  currency: string;
}
