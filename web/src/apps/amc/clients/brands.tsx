import { t } from "@lingui/core/macro";

/** The first two brands, and how many more there are. */
export function Brands({ brands, most = 2 }: { brands: readonly string[]; most?: number }) {
  if (brands.length === 0) return <span className="text-muted">–</span>;
  const more = brands.length - most;
  return (
    <span className="inline-flex max-w-full items-center gap-5" title={brands.join(", ")}>
      {brands.slice(0, most).map((brand) => (
        <span key={brand} className="min-w-0 truncate rounded-3 bg-sunken px-5">
          {brand}
        </span>
      ))}
      {more > 0 && (
        <span className="shrink-0 text-muted">
          +{more}
          <span className="sr-only">{t`more brands`}</span>
        </span>
      )}
    </span>
  );
}
