import { isRecord } from "@/kernel/stored";

import type { BrandMapping, Mapping } from "../catalogue/types";
import { keepInTab } from "../kept";
import { readList } from "../parameters/list-values";

/** A brand as it stands in its fields: one item a line. */
export interface BrandDraft {
  name: string;
  asins: string;
  campaigns: string;
}

/** What was changed and not saved, and the version it began from. */
interface MappingDraft {
  brands: BrandDraft[];
  version: number;
}

const drafts = keepInTab<MappingDraft>(
  "mapping",
  ({ brands, version }) => Array.isArray(brands) && brands.every(isRecord) && typeof version === "number",
);

export const forgetMapping = drafts.forget;

export const draftOf = ({ name, asins, campaign_ids }: BrandMapping): BrandDraft => ({
  name,
  asins: asins.join("\n"),
  campaigns: campaign_ids.join("\n"),
});

export const mappingOf = ({ name, asins, campaigns }: BrandDraft): BrandMapping => ({
  name: name.trim(),
  asins: readList(asins, "asin").items,
  campaign_ids: readList(campaigns, "text").items,
});

/** Whether all of it can be sent: every name once, every line an item. */
export function mappingFits(brands: readonly BrandDraft[]): boolean {
  const names = brands.map(({ name }) => name.trim());
  return (
    names.every((name) => name !== "") &&
    new Set(names).size === names.length &&
    brands.every(({ asins }) => readList(asins, "asin").bad.length === 0)
  );
}

/** The mapping as it stands here: what the server holds until something is changed. */
export function useMappingDraft(clientId: string, saved: Mapping) {
  const kept = drafts.use(clientId);
  const stored = saved.brands.map(draftOf);
  const brands = kept.brands ?? stored;
  return {
    brands,
    version: kept.version ?? saved.version,
    dirty: kept.brands !== undefined && JSON.stringify(kept.brands) !== JSON.stringify(stored),
    /** Somebody saved after this was begun. */
    overtaken: kept.version !== undefined && kept.version < saved.version,
    change: (next: BrandDraft[], version = kept.version ?? saved.version) => drafts.change(clientId, { brands: next, version }),
    drop: () => drafts.forget(clientId),
  };
}

/** What another's saving changed, brand by brand, in numbers: "Aldermoor: 12 ASINs, 3 campaigns". */
export function differences(mine: readonly BrandDraft[], theirs: readonly BrandMapping[]) {
  const own = new Map(mine.map((draft) => [draft.name.trim(), mappingOf(draft)]));
  const names = [...new Set([...own.keys(), ...theirs.map(({ name }) => name)])];
  return names
    .map((name) => ({ name, mine: own.get(name) ?? null, theirs: theirs.find((brand) => brand.name === name) ?? null }))
    .filter((brand) => JSON.stringify(brand.mine) !== JSON.stringify(brand.theirs));
}
