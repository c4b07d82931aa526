import { askedParameters, askedTables } from "../editor/sql-words";
import type { DataType, Parameter } from "../types";

/** A parameter as it is declared when nothing but its name is known; a name can only suggest the kind. */
export function declare(name: string, sql: string): Parameter {
  const lower = name.toLowerCase();
  const listed = new RegExp(`(ARRAY_CONTAINS|CONTAINED_IN|UNNEST|EXPLODE)\\s*\\([^)]*CUSTOM_PARAMETER\\s*\\(\\s*'${name}'|IN\\s*\\(\\s*CUSTOM_PARAMETER\\s*\\(\\s*'${name}'`, "i").test(sql);
  const asin = lower.includes("asin");
  const campaign = lower.includes("campaign");
  return {
    name,
    data_type: "STRING" satisfies DataType,
    list: listed || asin,
    kind: asin ? "asin_list" : campaign && listed ? "campaign_list" : "plain",
    label: "",
    description: "",
    default: null,
    required: true,
    like_mode: null,
    min: null,
    max: null,
    max_items: asin ? 1000 : null,
    pattern: null,
    options: null,
    group: "",
  };
}

/** What the query asks for and nobody declared, and what is declared and not asked for. */
export function compareDeclared(sql: string, parameters: readonly Parameter[]) {
  const asked = [...askedParameters(sql), ...askedTables(sql)];
  const names = new Set(parameters.map(({ name }) => name));
  return { missing: asked.filter((name) => !names.has(name)), unused: [...names].filter((name) => !asked.includes(name)) };
}
