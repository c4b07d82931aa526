import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useIsEmpty } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { useWanted } from "@/kernel/making";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { Tabs } from "@/ui/tabs";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import AddPoint from "./add-point";
import { PointsList } from "./points-list";
import { ProductDialog } from "./product-dialog";
import type { ProductItem } from "./product-types";

const route = getRouteApi("/app/campaign-products");
const path = "/campaign-products";

/** What campaigns are about, and where bulk deliveries arrive. */
export function ProductsPage() {
  useTitle(t`Products and places`);
  const { tab = "products" } = route.useSearch();
  const go = route.useNavigate();
  const may = useCan()(...permissions.create);
  const [adding, setAdding] = useState(useWanted("/campaign-products"));
  const [edited, setEdited] = useState<ProductItem | null>(null);
  const none = useIsEmpty(path);
  const points = tab === "points";
  const add = () => setAdding(true);
  useCommands(
    "products",
    may ? [{ id: "add", label: points ? t`Add a place` : t`Add a product`, key: "n", group: t`Campaigns`, run: add }] : [],
  );
  const addButton = (
    <Button tone="primary" shortcut="n" icon={<Plus size={13} aria-hidden />} onClick={add}>
      {points ? <Trans>Add a place</Trans> : <Trans>Add a product</Trans>}
    </Button>
  );
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Products and places</Trans>}
        below={<Trans>A campaign copies what it is about when it is drafted: changes here never reach one that is published.</Trans>}
        actions={may && (points || !none) ? addButton : undefined}
      />
      <Tabs
        label={t`Products and places`}
        value={tab}
        onChange={(next) => void go({ search: next === "products" ? {} : { tab: next }, replace: true })}
        tabs={[
          {
            value: "products",
            label: <Trans>Products</Trans>,
            content: (
              <RecordList<ProductItem>
                path={path}
                row={(product) => <ProductLine product={product} may={may} onEdit={() => setEdited(product)} />}
                empty={
                  <EmptyState title={<Trans>No product yet</Trans>} action={may ? addButton : undefined}>
                    <Trans>SKU, name and specification are kept once here, and taken into each campaign&rsquo;s draft.</Trans>
                  </EmptyState>
                }
              />
            ),
          },
          { value: "points", label: <Trans>Consolidation points</Trans>, content: <PointsList may={may} /> },
        ]}
      />
      {adding && points && <AddPoint onClose={() => setAdding(false)} onAdded={() => undefined} />}
      {adding && !points && <ProductDialog product={null} onClose={() => setAdding(false)} />}
      {edited !== null && <ProductDialog product={edited} onClose={() => setEdited(null)} />}
    </div>
  );
}

interface ProductLineProps {
  product: ProductItem;
  may: boolean;
  onEdit: () => void;
}

function ProductLine({ product, may, onEdit }: ProductLineProps) {
  const { name, archived_at: archived } = product;
  const turn = useAct({
    work: () => patch<ProductItem>(`${path}/${product.id}`, { archived: archived === null }, { version: product.version }),
    refresh: [[path]],
    done: () => (archived === null ? t`${name} is out of the choice` : t`${name} can be chosen again`),
    refused: t`Nothing was changed`,
  });
  return (
    <Line
      title={name}
      detail={
        <>
          <span className="font-mono">{product.sku}</span>
          {Object.entries(product.specification)
            .slice(0, 3)
            .map(([label, value]) => (
              <span key={label}>
                {label}: {value}
              </span>
            ))}
        </>
      }
      state={archived !== null && <Badge tone="ended">{t`Archived`}</Badge>}
      actions={
        may && (
          <>
            <Button aria-label={t`Edit ${name}`} onClick={onEdit}>
              <Trans>Edit</Trans>
            </Button>
            <Button tone="quiet" busy={turn.isPending} onClick={() => turn.mutate()}>
              {archived === null ? <Trans>Archive</Trans> : <Trans>Bring back</Trans>}
            </Button>
          </>
        )
      }
    />
  );
}
