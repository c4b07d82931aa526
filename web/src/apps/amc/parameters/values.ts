import { t } from "@lingui/core/macro";

import { plainText } from "../figures";
import type { Parameter, Values } from "../types";
import { readList } from "./list-values";

/** What stands in the fields of a form, as text; a list is its lines. */
export type Typed = Record<string, string>;

const wholeTypes = new Set(["INTEGER", "LONG"]);
const numberTypes = new Set(["DOUBLE", "DECIMAL"]);

/** How the items of a list are told apart. */
export function listKind(parameter: Parameter): "asin" | "whole" | "text" {
  if (parameter.kind === "asin_list") return "asin";
  return wholeTypes.has(parameter.data_type) ? "whole" : "text";
}

const written = (value: unknown) => (Array.isArray(value) ? value.map(plainText).join("\n") : plainText(value));

/** The fields as they begin: what was given before, else the default of the query. */
export function begin(parameters: readonly Parameter[], values: Values): Typed {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, written(values[parameter.name] ?? parameter.default)]));
}

function wholeNumber(text: string): number | string {
  const value = Number(text);
  // Beyond what a number holds exactly, its digits are sent as they are.
  return Number.isSafeInteger(value) ? value : text;
}

function outOf(parameter: Parameter, value: number): string | null {
  const { min, max } = parameter;
  if (min !== null && value < min) return t`At least ${min}`;
  if (max !== null && value > max) return t`At most ${max}`;
  return null;
}

function scalarError(parameter: Parameter, text: string): string | null {
  const { data_type: type, pattern } = parameter;
  if (wholeTypes.has(type)) return /^-?\d{1,19}$/.test(text) ? outOf(parameter, Number(text)) : t`Enter a whole number`;
  if (numberTypes.has(type)) {
    return /^-?\d+(\.\d+)?$/.test(text) ? outOf(parameter, Number(text)) : t`Enter a number, e.g. 0.25`;
  }
  if (type === "DATE") return /^\d{4}-\d{2}-\d{2}$/.test(text) ? null : t`Enter a day`;
  if (type === "TIMESTAMP") return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) ? null : t`Enter a day and a time`;
  if (pattern !== null && type === "STRING" && !fits(pattern, text)) return t`It does not fit the form that was asked for`;
  return null;
}

function fits(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(text);
  } catch {
    // Written for the server, which holds it against the value itself.
    return true;
  }
}

/** Why a field cannot be sent as it stands, or null. */
export function errorOf(parameter: Parameter, text: string): string | null {
  if (parameter.list) {
    const { items, bad } = readList(text, listKind(parameter));
    if (bad.length > 0) return t`Mend or remove what does not fit`;
    const { max_items: most } = parameter;
    if (most !== null && items.length > most) return t`At most ${most}`;
    return items.length === 0 && parameter.required ? t`Give at least one` : null;
  }
  if (text.trim() === "") return parameter.required ? t`Give a value` : null;
  return scalarError(parameter, text.trim());
}

function valueOf(parameter: Parameter, text: string): unknown {
  const type = parameter.data_type;
  const one = (item: string): unknown => {
    if (wholeTypes.has(type)) return wholeNumber(item);
    if (type === "DOUBLE") return Number(item);
    if (type === "BOOLEAN") return item === "true";
    return item;
  };
  if (parameter.list) {
    const { items } = readList(text, listKind(parameter));
    return items.length === 0 ? undefined : items.map(one);
  }
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  return type === "TIMESTAMP" && trimmed.length === 16 ? `${trimmed}:00` : one(trimmed);
}

/** What is sent: each value in the type its parameter declares; an empty field is not sent at all. */
export function toSent(parameters: readonly Parameter[], typed: Typed): Values {
  const sent = parameters.map((parameter) => [parameter.name, valueOf(parameter, typed[parameter.name] ?? "")] as const);
  return Object.fromEntries(sent.filter(([, value]) => value !== undefined));
}

/** The tables that a query's {{names}} stand for: what is chosen, the default, else the first of the choice. */
export function tablesOf(parameters: readonly Parameter[], typed: Typed): Record<string, string> {
  const chosen = ({ name, default: initial, options }: Parameter) => [typed[name], written(initial), options?.[0]].find((each) => each !== undefined && each !== "");
  const asked = parameters.filter(({ kind }) => kind === "table").map((parameter) => [parameter.name, chosen(parameter)] as const);
  return Object.fromEntries(asked.flatMap(([name, table]) => (table === undefined ? [] : [[name, table]])));
}

/** What completion is told of a query: a table is none of its values. */
export const asksOf = (parameters: readonly Parameter[]) => ({
  parameters: parameters.filter(({ kind }) => kind !== "table").map(({ name }) => name),
  tables: tablesOf(parameters, {}),
});

export function allFit(parameters: readonly Parameter[], typed: Typed): boolean {
  return parameters.every((parameter) => errorOf(parameter, typed[parameter.name] ?? "") === null);
}
