import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";

import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";

import { clientTabs } from "../clients/client-tabs";
import { LinkTabs } from "../list/link-tabs";
import { ServerList } from "../list/server-list";
import { EmptyCatalogue } from "./empty-catalogue";
import { FetchButton } from "./fetch-button";
import { ImportButton } from "./import-button";
import { productColumns } from "./product-columns";
import { ProductPeek } from "./product-peek";
import type { Product } from "./types";
import { brandChoices, useBrands } from "./use-brands";

const route = getRouteApi("/app/amc/clients/products");

/** Every product of the organisation, however many: searched and filtered by the server. */
export function ProductsPage() {
  useTitle(t`Products`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const columns = useMemo(() => productColumns(), []);
  const brands = useBrands();
  return (
    <>
      <PageHead
        title={<Trans>Clients</Trans>}
        below={<Trans>The products that queries and mappings choose from.</Trans>}
        actions={
          <>
            <FetchButton subject="asins" />
            <ImportButton subject="asins" />
          </>
        }
      />
      <LinkTabs label={t`Clients and connections`} tabs={clientTabs()} />
      <ServerList<Product>
        name="products"
        label={t`Products`}
        path="/amc/catalogue/asins"
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Active`, search: { active: "true" } },
        ]}
        filters={[
          { id: "active", label: t`State`, choices: [{ value: "true", label: t`Active` }, { value: "false", label: t`Inactive` }] },
          { id: "brand", label: t`Brand`, choices: brandChoices(brands, "asins", search.brand) },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        sorted="asin"
        placeholder={t`ASIN, title or brand`}
        rowId={(row) => row.asin}
        rowLabel={(row) => row.title || row.asin}
        peek={(row) => <ProductPeek product={row} />}
        empty={<EmptyCatalogue subject="asins" />}
      />
    </>
  );
}
