import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { Badge, type Tone } from "@/ui/badge";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { FigureTable } from "../figure-table";
import { figure } from "../word";
import type { RouteVitals, Vital, Vitals } from "./types";

const tones: Record<Vital["rating"], Tone> = { good: "ok", middling: "warn", poor: "bad" };

/** How fast the page felt where it was used, by the browsers' own measure. */
export function PageSpeed() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/web-vitals"],
    queryFn: ({ signal }) => get<Vitals>("/admin/web-vitals", { signal }),
  });
  if (isPending) return <RowsSkeleton rows={4} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) {
    return (
      <Sheet>
        <EmptyState title={<Trans>No visit was measured yet</Trans>}>
          <Trans>A browser tells its figures when the page is left; those that ask for privacy tell none.</Trans>
        </EmptyState>
      </Sheet>
    );
  }
  return (
    <Sheet>
      <div className="max-md:hidden">
        <FigureTable
          caption={t`How fast the page feels`}
          heads={[t`Page`, t`Visits`, ...metrics.map(({ name }) => name())]}
          rows={data.items}
          rowKey={({ route }) => route ?? "all"}
          cells={(row) => [
            <Page key="page" row={row} />,
            figure(visits(row)),
            ...metrics.map(({ key, text }) => <Figure key={key} vital={row[key]} text={text} />),
          ]}
        />
      </div>
      <ul className="md:hidden" aria-label={t`How fast the page feels`}>
        {data.items.map((row) => (
          <Narrow key={row.route ?? "all"} row={row} />
        ))}
      </ul>
    </Sheet>
  );
}

const metrics = [
  { key: "lcp", name: () => t`Largest part shown (LCP)`, text: milliseconds },
  { key: "inp", name: () => t`Answer to a click (INP)`, text: milliseconds },
  { key: "cls", name: () => t`Jumping about (CLS)`, text: (value: number) => value.toFixed(3) },
  { key: "ttfb", name: () => t`First byte (TTFB)`, text: milliseconds },
] as const;

function Page({ row }: { row: RouteVitals }) {
  return row.route === null ? (
    <span className="font-medium">
      <Trans>All pages</Trans>
    </span>
  ) : (
    <code className="[overflow-wrap:anywhere]">{row.route}</code>
  );
}

/** A page and its figures one below the other, where six columns have no room. */
function Narrow({ row }: { row: RouteVitals }) {
  return (
    <li className="border-b border-line px-13 py-8 text-12 last:border-0">
      <p className="flex items-baseline justify-between gap-13">
        <Page row={row} />
        <span className="label shrink-0">
          <Plural value={visits(row)} one="# visit" other="# visits" />
        </span>
      </p>
      <dl className="mt-5">
        {metrics.map(({ key, name, text }) => (
          <div key={key} className="flex items-baseline justify-between gap-13 py-2">
            <dt className="text-muted">{name()}</dt>
            <dd className="tabular-nums">
              <Figure vital={row[key]} text={text} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** A visit tells each figure once at most: the one told most often counts them. */
function visits({ lcp, inp, cls, ttfb }: RouteVitals): number {
  return Math.max(...[lcp, inp, cls, ttfb].map((vital) => vital?.readings ?? 0));
}

function milliseconds(value: number): string {
  return t`${Math.round(value).toLocaleString("en-GB")} ms`;
}

function Figure({ vital, text }: { vital: Vital | null; text: (value: number) => string }) {
  if (vital === null) return <span className="text-muted">{t`no data`}</span>;
  const words: Record<Vital["rating"], string> = { good: t`good`, middling: t`middling`, poor: t`poor` };
  return (
    <span className="inline-flex items-center justify-end gap-5">
      {vital.rating !== "good" && <Badge tone={tones[vital.rating]}>{words[vital.rating]}</Badge>}
      {text(vital.p75)}
    </span>
  );
}
