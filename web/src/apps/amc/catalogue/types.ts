import type { Id, Instant } from "@/kernel/api-types";

export interface Product {
  asin: string;
  title: string;
  brand: string;
  marketplace: string;
  active: boolean;
  seen_at: Instant;
}

export const campaignKinds = ["SP", "SB", "SD", "DSP"] as const;
export type CampaignKind = (typeof campaignKinds)[number];

export interface AdCampaign {
  kind: CampaignKind;
  campaign_id: string;
  name: string;
  earlier_names: string[];
  state: string;
  brand: string;
  seen_at: Instant;
}

export interface Brand {
  name: string;
  asins: number;
  campaigns: number;
}

/** One brand of a client: what of the catalogue belongs to it. */
export interface BrandMapping {
  name: string;
  asins: string[];
  campaign_ids: string[];
}

export interface Mapping {
  instance_id: Id;
  brands: BrandMapping[];
  saved_by: Id | null;
  saved_at: Instant | null;
  version: number;
}

export type ImportSubject = "asins" | "campaigns";

export interface CatalogueImport {
  id: Id;
  subject: ImportSubject;
  file_name: string;
  state: "waiting" | "done" | "failed";
  lines: number;
  added: number;
  changed: number;
  unchanged: number;
  refused: number;
  problems: { line: number; reason: string }[];
  asked_by: Id | null;
  asked_at: Instant;
  finished_at: Instant | null;
}
