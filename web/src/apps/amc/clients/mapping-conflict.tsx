import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { CircleAlert } from "lucide-react";

import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { PersonName } from "@/ui/person";

import type { BrandMapping, Mapping } from "../catalogue/types";
import { differences, type BrandDraft } from "./mapping-draft";

interface MappingConflictProps {
  mine: readonly BrandDraft[];
  theirs: Mapping;
  onTheirs: () => void;
  onMine: () => void;
}

function sizes(brand: BrandMapping | null): string {
  return brand === null ? t`not there` : t`${brand.asins.length} products, ${brand.campaign_ids.length} campaigns`;
}

/** Tells that somebody saved meanwhile, and what differs brand by brand; one of the two is kept. */
export function MappingConflict({ mine, theirs, onTheirs, onMine }: MappingConflictProps) {
  return (
    <section role="alert" className="mb-21 rounded-8 border border-warn bg-warn-soft p-13 text-12 text-ink">
      <h2 className="flex items-center gap-8 font-semibold">
        <CircleAlert size={16} aria-hidden />
        <Trans>Somebody saved this mapping meanwhile</Trans>
      </h2>
      {theirs.saved_at !== null && (
        <p className="mt-3">
          {formatShort(theirs.saved_at)}, <PersonName id={theirs.saved_by} />
        </p>
      )}
      <ul className="mt-8">
        {differences(mine, theirs.brands).map((brand) => (
          <li key={brand.name} className="break-words">
            <b>{brand.name}</b>: <Trans>yours {sizes(brand.mine)}; theirs {sizes(brand.theirs)}</Trans>
          </li>
        ))}
      </ul>
      <div className="mt-13 flex flex-wrap gap-8">
        <Button onClick={onTheirs}>
          <Trans>Take theirs</Trans>
        </Button>
        <Button onClick={onMine}>
          <Trans>Keep mine, to save over it</Trans>
        </Button>
      </div>
    </section>
  );
}
