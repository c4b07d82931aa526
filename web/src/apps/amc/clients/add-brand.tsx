import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Plus } from "lucide-react";
import { useId, useState } from "react";

import { get } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";

import type { BrandMapping } from "../catalogue/types";
import { useBrands } from "../catalogue/use-brands";
import { draftOf, type BrandDraft } from "./mapping-draft";

const offered = 100;

/** Adds a brand by its name; of one that the catalogue knows all products and campaigns come along. */
export function AddBrand({ taken, onAdd }: { taken: readonly string[]; onAdd: (brand: BrandDraft) => void }) {
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const listId = useId();
  const brands = useBrands();
  const wanted = name.trim();
  const known = brands.find((brand) => brand.name === wanted);
  const twice = taken.some((other) => other.trim() === wanted);
  const offers = brands
    .filter((brand) => !taken.includes(brand.name) && brand.name.toLowerCase().includes(wanted.toLowerCase()))
    .slice(0, offered);
  const add = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const members =
        known === undefined
          ? { asins: [], campaign_ids: [] }
          : await get<Omit<BrandMapping, "name">>("/amc/catalogue/brands/members", { query: { brand: wanted } });
      onAdd(draftOf({ name: wanted, ...members }));
      setName("");
    } catch (error) {
      setRefusal(asProblem(error).said);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      noValidate
      className="flex flex-wrap items-end gap-8"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== "" && !twice) void add();
      }}
    >
      <TextField
        className="min-w-[200px] flex-1"
        label={t`Brand to add`}
        list={listId}
        autoComplete="off"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.target.value)}
        {...(twice ? { error: t`This brand is there already` } : {})}
      />
      <datalist id={listId}>
        {offers.map((brand) => (
          <option key={brand.name} value={brand.name} />
        ))}
      </datalist>
      <Button size="normal" type="submit" icon={<Plus size={16} aria-hidden />} busy={busy} disabled={wanted === "" || twice}>
        <Trans>Add the brand</Trans>
      </Button>
      <p role="status" className="label basis-full">
        {known !== undefined && !twice && (
          <>
            <Trans>The catalogue knows it:</Trans> <Plural value={known.asins} one="# product" other="# products" />,{" "}
            <Plural value={known.campaigns} one="# campaign" other="# campaigns" />
          </>
        )}
      </p>
      <FormRefusal message={refusal} />
    </form>
  );
}
