import { t } from "@lingui/core/macro";
import * as z from "zod/mini";

import { parseMoney, plainMoney } from "@/kernel/money";
import { fromLocalField, toLocalField, zoneHere } from "@/kernel/time";

import type { Campaign } from "../types";
import { milestonesBody, milestoneSchema, milestoneValues, wrongMilestones } from "./milestone-values";

const whole = z.string().check(z.regex(/^\d{0,9}$/, { error: () => t`Enter a whole number` }));
const instant = z.string();

export const campaignSchema = z
  .object({
    title: z.string().check(z.trim(), z.minLength(1, { error: () => t`Enter a title` }), z.maxLength(120)),
    summary: z.string().check(z.maxLength(2000)),
    product_name: z.string().check(z.maxLength(120)),
    product_sku: z.string().check(z.maxLength(60)),
    product_description: z.string().check(z.maxLength(4000)),
    picture_url: z
      .string()
      .check(z.regex(/^$|^(https:\/\/|\/)\S+$/, { error: () => t`Enter an address that begins with https://` })),
    picture_file_id: z.string(),
    currency: z.string().check(z.regex(/^[A-Z]{3}$/, { error: () => t`Three letters, e.g. EUR` })),
    unit_price: z.string(),
    supplier_unit_price: z.string(),
    goal_units: whole,
    goal_amount: z.string(),
    funding_mode: z.enum(["escrow_capture", "auth_hold", "charge_on_success"]),
    product_id: z.string(),
    min_accept_units: whole,
    oversub_rule: z.enum(["fcfs", "pro_rata", "lottery"]),
    milestones: z.array(milestoneSchema).check(z.maxLength(10)),
    tiers: z.array(z.object({ min_units: whole, unit_price: z.string() })).check(z.maxLength(10)),
    min_units: whole,
    max_units: whole,
    cap_units: whole,
    opens_at: instant,
    deadline_at: instant,
    delivery_strategy: z.enum(["supplier_direct", "bulk_to_consolidation"]),
    consolidation_point_id: z.string(),
    supplier_id: z.string(),
    supplier_name: z.string().check(z.maxLength(200)),
    time_zone: z.string().check(z.maxLength(64)),
    supplier_window_days: whole,
  })
  .check(({ value: values, issues }) => {
    for (const name of ["unit_price", "supplier_unit_price", "goal_amount"] as const) {
      if (values[name] !== "" && parseMoney(values[name], values.currency) === null) {
        issues.push({ code: "custom", path: [name], input: values[name], message: t`Enter an amount, e.g. 12.50` });
      }
    }
    let [least, dearest] = [Number(values.goal_units), parseMoney(values.unit_price, values.currency) ?? Infinity];
    issues.push(...wrongMilestones(values.milestones));
    values.tiers.forEach((tier, index) => {
      const price = parseMoney(tier.unit_price, values.currency);
      const refuse = (field: string, message: string) =>
        issues.push({ code: "custom", path: ["tiers", index, field], input: tier, message });
      if (tier.min_units === "" || Number(tier.min_units) <= least) refuse("min_units", t`More units than the step before`);
      if (price === null) refuse("unit_price", t`Enter an amount, e.g. 12.50`);
      else if (price > dearest) refuse("unit_price", t`Never above the step before`);
      least = Math.max(least, Number(tier.min_units));
      dearest = price ?? dearest;
    });
    if (values.min_units !== "" && values.max_units !== "" && Number(values.min_units) > Number(values.max_units)) {
      issues.push({
        code: "custom",
        path: ["max_units"],
        input: values.max_units,
        message: t`Less than the least number of units`,
      });
    }
  });

export type CampaignValues = z.infer<typeof campaignSchema>;

export const blank: CampaignValues = {
  title: "",
  summary: "",
  product_name: "",
  product_sku: "",
  product_description: "",
  picture_url: "",
  picture_file_id: "",
  currency: "EUR",
  unit_price: "",
  supplier_unit_price: "",
  goal_units: "",
  goal_amount: "",
  funding_mode: "escrow_capture",
  product_id: "",
  min_accept_units: "",
  oversub_rule: "fcfs",
  milestones: [],
  tiers: [],
  min_units: "1",
  max_units: "",
  cap_units: "",
  opens_at: "",
  deadline_at: "",
  delivery_strategy: "supplier_direct",
  consolidation_point_id: "",
  supplier_id: "",
  supplier_name: "",
  time_zone: zoneHere(),
  supplier_window_days: "7",
};

const text = (value: number | null) => (value === null ? "" : String(value));
const local = (value: string | null) => (value === null ? "" : toLocalField(value));

export function toValues(campaign: Campaign): CampaignValues {
  const money = (value: number | null) => (value === null ? "" : plainMoney(value, campaign.currency));
  return {
    title: campaign.title ?? "",
    summary: campaign.summary ?? "",
    product_name: campaign.product.name ?? "",
    product_sku: campaign.product.sku ?? "",
    product_description: campaign.product.description ?? "",
    picture_url: campaign.picture_url ?? "",
    picture_file_id: "",
    currency: campaign.currency,
    unit_price: money(campaign.unit_price_minor),
    supplier_unit_price: money(campaign.supplier_unit_price_minor),
    goal_units: text(campaign.goal_units),
    goal_amount: money(campaign.goal_amount_minor),
    funding_mode: campaign.funding_mode,
    product_id: campaign.product_id ?? "",
    min_accept_units: text(campaign.min_accept_units),
    oversub_rule: campaign.oversub_rule,
    milestones: milestoneValues(campaign.milestones),
    tiers: campaign.tiers.map((tier) => ({
      min_units: String(tier.min_units),
      unit_price: plainMoney(tier.unit_price_minor, campaign.currency),
    })),
    min_units: text(campaign.min_units),
    max_units: text(campaign.max_units),
    cap_units: text(campaign.cap_units),
    opens_at: local(campaign.opens_at),
    deadline_at: local(campaign.deadline_at),
    delivery_strategy: campaign.delivery_strategy ?? "supplier_direct",
    consolidation_point_id: campaign.consolidation_point?.id ?? "",
    supplier_id: campaign.supplier_id ?? "",
    supplier_name: campaign.supplier_name ?? "",
    time_zone: campaign.time_zone,
    supplier_window_days: String(campaign.supplier_window_days),
  };
}

const number = (value: string) => (value === "" ? null : Number(value));
const moment = (value: string) => (value === "" ? null : fromLocalField(value));
const orNull = (value: string) => (value.trim() === "" ? null : value.trim());

const tiersBody = ({ tiers, currency }: CampaignValues) =>
  tiers.map((tier) => ({ min_units: Number(tier.min_units), unit_price_minor: parseMoney(tier.unit_price, currency) }));

/** What goes to the server; only `changed` fields, so that a locked one is never sent by accident. */
export function toBody(values: CampaignValues, changed: ReadonlySet<keyof CampaignValues>): Record<string, unknown> {
  const all: [keyof CampaignValues, string, unknown][] = [
    ["title", "title", values.title.trim()],
    ["summary", "summary", orNull(values.summary)],
    ["picture_url", "picture_url", orNull(values.picture_url)],
    ["currency", "currency", values.currency],
    ["unit_price", "unit_price_minor", parseMoney(values.unit_price, values.currency)],
    ["supplier_unit_price", "supplier_unit_price_minor", parseMoney(values.supplier_unit_price, values.currency)],
    ["goal_units", "goal_units", number(values.goal_units)],
    ["goal_amount", "goal_amount_minor", values.goal_amount === "" ? null : parseMoney(values.goal_amount, values.currency)],
    ["funding_mode", "funding_mode", values.funding_mode],
    ["tiers", "tiers", tiersBody(values)],
    ["product_id", "product_id", orNull(values.product_id)],
    ["min_accept_units", "min_accept_units", number(values.min_accept_units)],
    ["oversub_rule", "oversub_rule", values.oversub_rule],
    ["milestones", "milestones", milestonesBody(values.milestones)],
    ["min_units", "min_units", number(values.min_units)],
    ["max_units", "max_units", number(values.max_units)],
    ["cap_units", "cap_units", number(values.cap_units)],
    ["opens_at", "opens_at", moment(values.opens_at)],
    ["deadline_at", "deadline_at", moment(values.deadline_at)],
    ["delivery_strategy", "delivery_strategy", values.delivery_strategy],
    ["consolidation_point_id", "consolidation_point_id", orNull(values.consolidation_point_id)],
    ["supplier_id", "supplier_id", orNull(values.supplier_id)],
    ["supplier_name", "supplier_name", orNull(values.supplier_name)],
    ["time_zone", "time_zone", values.time_zone],
    ["supplier_window_days", "supplier_window_days", number(values.supplier_window_days)],
  ];
  const body: Record<string, unknown> = {};
  for (const [name, key, value] of all) {
    if (changed.has(name)) body[key] = value;
  }
  // An uploaded picture takes the place of an address.
  if (changed.has("picture_file_id") && values.picture_file_id !== "") {
    delete body["picture_url"];
    body["picture_file_id"] = values.picture_file_id;
  }
  if (changed.has("product_name") || changed.has("product_sku") || changed.has("product_description")) {
    body["product"] = {
      sku: orNull(values.product_sku),
      name: orNull(values.product_name),
      description: orNull(values.product_description),
    };
  }
  return body;
}
