import { t } from "@lingui/core/macro";
import { Plural } from "@lingui/react/macro";
import { ChevronDown, ChevronRight, Trash2 } from "lucide-react";
import { useId, useState } from "react";

import { IconButton } from "@/ui/button";
import { TextField } from "@/ui/field";
import { Sheet } from "@/ui/page";

import { ListField } from "../parameters/list-field";
import { mappingOf, type BrandDraft } from "./mapping-draft";
import { asinList, campaignList } from "./mapping-parameters";

interface BrandCardProps {
  brand: BrandDraft;
  mayEdit: boolean;
  onChange: (brand: BrandDraft) => void;
  onRemove: () => void;
}

/** One brand: how much is its, and its lists when it is opened. */
export function BrandCard({ brand, mayEdit, onChange, onRemove }: BrandCardProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { asins, campaign_ids } = mappingOf(brand);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <Sheet className="px-13 py-5">
      <div className="flex items-center gap-8">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="flex min-h-44 min-w-0 flex-1 flex-wrap items-center gap-x-13 text-left"
        >
          <Chevron size={16} aria-hidden className="shrink-0 text-muted" />
          <span className="min-w-0 truncate text-16 font-medium">{brand.name}</span>
          <span className="label">
            <Plural value={asins.length} one="# product" other="# products" />
          </span>
          <span className="label">
            <Plural value={campaign_ids.length} one="# campaign" other="# campaigns" />
          </span>
        </button>
        {mayEdit && (
          <IconButton label={t`Take ${brand.name} away`} onClick={onRemove}>
            <Trash2 size={13} aria-hidden />
          </IconButton>
        )}
      </div>
      {open && (
        <div id={id} className="flex flex-col gap-21 py-13">
          {mayEdit ? (
            <>
              <TextField label={t`Name of the brand`} maxLength={200} value={brand.name} onChange={(event) => onChange({ ...brand, name: event.target.value })} />
              <ListField
                parameter={asinList}
                label={t`Products`}
                brand={brand.name}
                value={brand.asins}
                onChange={(next) => onChange({ ...brand, asins: next })}
              />
              <ListField
                parameter={campaignList}
                label={t`Campaigns`}
                brand={brand.name}
                value={brand.campaigns}
                onChange={(next) => onChange({ ...brand, campaigns: next })}
              />
            </>
          ) : (
            <pre tabIndex={0} className="max-h-[34dvh] overflow-y-auto rounded-5 bg-sunken p-8 font-mono text-12">
              {[...asins, ...campaign_ids].join("\n")}
            </pre>
          )}
        </div>
      )}
    </Sheet>
  );
}
