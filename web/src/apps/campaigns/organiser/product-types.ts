// Products as the organisation keeps them, held against the server by tests/api-drift.ts.

export interface ReferencePrice {
  amount_minor: number;
  currency: string;
  source: string;
  seen_on: string;
}

export interface ProductItem {
  id: string;
  sku: string;
  name: string;
  description: string | null;
  specification: Record<string, string>;
  reference_prices: ReferencePrice[];
  archived_at: string | null;
  version: number;
}
