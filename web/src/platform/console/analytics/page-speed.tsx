import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
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
      <FigureTable
        caption={t`How fast the page feels`}
        heads={[t`Page`, t`Visits`, t`Largest part shown (LCP)`, t`Answer to a click (INP)`, t`Jumping about (CLS)`, t`First byte (TTFB)`]}
        rows={data.items}
        rowKey={({ route }) => route ?? "all"}
        cells={(row) => [
          row.route === null ? <Trans key="all">All pages</Trans> : <code key="route">{row.route}</code>,
          figure(visits(row)),
          <Figure key="lcp" vital={row.lcp} text={milliseconds} />,
          <Figure key="inp" vital={row.inp} text={milliseconds} />,
          <Figure key="cls" vital={row.cls} text={(value) => value.toFixed(3)} />,
          <Figure key="ttfb" vital={row.ttfb} text={milliseconds} />,
        ]}
      />
    </Sheet>
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
