import type { HistoryStep } from "../types";

/** A campaign's step as its organisation sees it: who took it, and the role that may. */
export interface CampaignHistoryStep extends HistoryStep {
  label: string;
  actor: string;
  actor_id: string | null;
  actor_name: string | null;
}
