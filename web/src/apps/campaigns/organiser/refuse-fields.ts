import { asProblem, Problem } from "@/kernel/problem";

import type { CampaignValues } from "./form-schema";

const places: Record<string, keyof CampaignValues> = {
  unit_price_minor: "unit_price",
  goal_amount_minor: "goal_amount",
  supplier_unit_price_minor: "supplier_unit_price",
  sku: "product_sku",
  name: "product_name",
  description: "product_description",
  product: "product_name",
  picture_file_id: "picture_url",
};

/** Renames the server's fields (minor units, nested product) to those of the form. */
export function inFormTerms(error: unknown): Problem {
  const problem = asProblem(error);
  return new Problem({
    type: "about:blank",
    title: problem.message,
    detail: problem.detail,
    status: problem.status,
    code: problem.code,
    request_id: problem.requestId,
    errors: problem.errors.map((entry) => {
      const step = /tiers\.(\d+)\.(\w+)$/.exec(entry.field);
      if (step !== null) {
        const part = step[2] === "unit_price_minor" ? "unit_price" : "min_units";
        return { ...entry, field: `tiers.${step[1] ?? "0"}.${part}` };
      }
      const last = entry.field.split(".").at(-1) ?? entry.field;
      return { ...entry, field: places[last] ?? last };
    }),
  });
}
