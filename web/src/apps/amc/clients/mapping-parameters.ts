import type { Parameter } from "../types";

const list: Omit<Parameter, "name" | "kind"> = {
  data_type: "STRING",
  list: true,
  label: "",
  description: "",
  default: null,
  required: false,
  like_mode: null,
  min: null,
  max: null,
  max_items: 20_000,
  pattern: null,
  options: null,
  group: "",
};

/** The lists of a brand are filled in as lists of a query's parameters are. */
export const asinList: Parameter = { ...list, name: "asins", kind: "asin_list" };
export const campaignList: Parameter = { ...list, name: "campaigns", kind: "campaign_list" };
