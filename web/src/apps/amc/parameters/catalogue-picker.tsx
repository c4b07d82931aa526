import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useDeferredValue, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

interface Product {
  asin: string;
  title: string;
  brand: string;
}

interface Campaign {
  campaign_id: string;
  name: string;
  brand: string;
  kind: string;
}

interface CataloguePickerProps {
  of: "asins" | "campaigns";
  chosen: readonly string[];
  /** Only what is of this brand is shown until one asks for all. */
  brand?: string;
  onChoose: (chosen: string[]) => void;
  onClose: () => void;
}

interface Entry {
  id: string;
  name: string;
  more: string;
}

function entryOf(row: Product | Campaign): Entry {
  if ("asin" in row) return { id: row.asin, name: row.title, more: [row.asin, row.brand].filter((part) => part !== "").join(" · ") };
  return { id: row.campaign_id, name: row.name, more: [row.kind, row.campaign_id, row.brand].filter((part) => part !== "").join(" · ") };
}

/** Products or campaigns of the catalogue, searched by the server and ticked; what was pasted stays. */
export function CataloguePicker({ of, chosen, brand, onChoose, onClose }: CataloguePickerProps) {
  const [typed, setTyped] = useState("");
  const [ticked, setTicked] = useState<ReadonlySet<string>>(() => new Set(chosen));
  const [within, setWithin] = useState(brand !== undefined);
  const q = useDeferredValue(typed.trim());
  const list = useKeysetList<Product | Campaign>(`/amc/catalogue/${of}`, {
    q: q === "" ? undefined : q,
    brand: within ? brand : undefined,
    // Coupons and promotions stand in exports as campaigns do; in AMC nothing has their ids.
    in_amc: of === "campaigns" ? "true" : undefined,
  });
  const shown = list.rows.map(entryOf);
  const tickShown = () => setTicked((before) => new Set([...before, ...shown.map(({ id }) => id)]));
  const tick = (id: string, on: boolean) =>
    setTicked((before) => new Set(on ? [...before, id] : [...before].filter((other) => other !== id)));
  return (
    <Dialog open onClose={onClose} wide title={of === "asins" ? <Trans>Choose products</Trans> : <Trans>Choose campaigns</Trans>}>
      <TextField label={t`Find by name, id or brand`} type="search" autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
      <div className="mt-8 flex flex-wrap items-center justify-between gap-x-21 gap-y-5">
        {brand !== undefined && <Checkbox checked={within} onChange={setWithin} label={<Trans>Only of {brand}</Trans>} />}
        <Button tone="quiet" disabled={shown.length === 0} onClick={tickShown}>
          <Trans>Tick all that are shown</Trans>
        </Button>
      </div>
      <div className="mt-13 max-h-[34dvh] overflow-y-auto">
        {list.pending ? (
          <RowsSkeleton rows={4} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <EmptyState title={q === "" ? <Trans>The catalogue is empty</Trans> : <Trans>Nothing matches</Trans>}>
            <Trans>You can paste a list instead.</Trans>
          </EmptyState>
        ) : (
          <ul>
            {shown.map(({ id, name, more }) => (
              <li key={id} className="border-b border-line py-5 last:border-0">
                <Checkbox checked={ticked.has(id)} onChange={(on) => tick(id, on)} label={name === "" ? id : name} hint={more} />
              </li>
            ))}
          </ul>
        )}
        {list.hasMore && (
          <Button tone="quiet" busy={list.loadingMore} onClick={list.loadMore}>
            <Trans>Show more</Trans>
          </Button>
        )}
      </div>
      <DialogActions>
        <span className="label mr-auto self-center" role="status">
          <Plural value={ticked.size} one="# chosen" other="# chosen" />
        </span>
        <Button size="normal" onClick={onClose}>
          <Trans>Leave it</Trans>
        </Button>
        <Button
          tone="primary"
          size="normal"
          onClick={() => {
            onChoose([...ticked]);
            onClose();
          }}
        >
          <Trans>Take them</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
