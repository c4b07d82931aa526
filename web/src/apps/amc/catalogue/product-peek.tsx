import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { formatInstant } from "@/kernel/time";
import { buttonClass } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { ActiveBadge } from "./product-columns";
import type { Product } from "./types";

export function ProductPeek({ product }: { product: Product }) {
  const { asin, brand } = product;
  return (
    <div className="flex flex-col gap-13">
      <div className="pr-34">
        <ActiveBadge active={product.active} />
      </div>
      <h2 className="text-20 font-semibold break-words">{product.title || asin}</h2>
      <Facts
        dense
        facts={[
          [<Trans key="n">ASIN</Trans>, <CopyId key="v" value={asin} full />],
          [<Trans key="n">Brand</Trans>, brand || "–"],
          [<Trans key="n">Marketplace</Trans>, product.marketplace || "–"],
          [<Trans key="n">Changed</Trans>, formatInstant(product.seen_at)],
        ]}
      />
      {brand !== "" && (
        <Link to="/amc/clients/products" search={{ brand }} className={buttonClass("plain")}>
          <Trans>All of this brand</Trans>
        </Link>
      )}
    </div>
  );
}
