import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { Badge, type Tone } from "@/ui/badge";
import { Sheet } from "@/ui/page";
import { Skeleton } from "@/ui/skeleton";

import { permissions } from "../permissions";
import type { Coverage, DisputeRate } from "./types";

/** The two figures that stop things when they go wrong: the rate of disputes, and what covers members' money. */
export function Gauges() {
  const can = useCan();
  return (
    <div className="mb-13 grid gap-13 md:grid-cols-2">
      <Rate />
      {can(...permissions.books) && <Covered />}
    </div>
  );
}

function Gauge({ title, figure, badge, note }: { title: string; figure: ReactNode; badge: ReactNode; note: ReactNode }) {
  return (
    <Sheet className="p-13">
      <div className="flex flex-wrap items-center justify-between gap-8">
        <h2 className="text-12 font-semibold">{title}</h2>
        {badge}
      </div>
      <p className="mt-5 text-20 font-semibold">{figure}</p>
      <p className="label text-pretty">{note}</p>
    </Sheet>
  );
}

const levels: Record<string, Tone> = { normal: "ok", warning: "warn", critical: "bad" };

function Rate() {
  const { data, error } = useQuery({
    queryKey: ["/campaign-dispute-rate"],
    queryFn: ({ signal }) => get<DisputeRate>("/campaign-dispute-rate", { signal }),
  });
  if (data === undefined) return error === null ? <Skeleton className="h-89" /> : <Unread title={t`Card disputes`} />;
  const words: Record<string, string> = { normal: t`Normal`, warning: t`Above 0.75 %`, critical: t`Above 1 %` };
  const { disputes, captures, window_days: days, rate_basis_points: rate } = data;
  return (
    <Gauge
      title={t`Card disputes`}
      figure={rate === null ? t`no data` : `${(rate / 100).toLocaleString("en-GB", { minimumFractionDigits: 2 })} %`}
      badge={<Badge tone={levels[data.level] ?? "neutral"}>{words[data.level] ?? data.level}</Badge>}
      note={(
        <Trans>
          <Plural value={disputes} one="# dispute" other="# disputes" /> of <Plural value={captures} one="# capture" other="# captures" />{" "}
          within {days} days. Networks act at 0.75 % and 1 %.
        </Trans>
      )}
    />
  );
}

/** What the provider holds beside what it is held for, a gauge for each currency. */
export function Covered() {
  const { data, error } = useQuery({
    queryKey: ["/campaign-coverage"],
    queryFn: ({ signal }) => get<Coverage[]>("/campaign-coverage", { signal }),
  });
  if (data === undefined) return error === null ? <Skeleton className="h-89" /> : <Unread title={t`Coverage`} />;
  if (data.length === 0) {
    return <Gauge title={t`Coverage`} figure={t`no data`} badge={null} note={<Trans>Nothing is held yet.</Trans>} />;
  }
  return data.map((each) => {
    const held = formatMoney(each.covering_minor, each.currency);
    const owed = formatMoney(each.covered_minor, each.currency);
    const bond = formatMoney(each.bond_minor, each.currency);
    const gap = formatMoney(each.missing_minor, each.currency);
    return (
      <Gauge
        key={each.currency}
        title={t`Coverage in ${each.currency}`}
        figure={held}
        badge={
          each.missing_minor > 0 ? (
            <Badge tone="bad">
              <Trans>{gap} missing</Trans>
            </Badge>
          ) : (
            <Badge tone="ok">
              <Trans>Covered</Trans>
            </Badge>
          )
        }
        note={<Trans>The provider holds {held} for {owed} held for others. The bond, paid in by this organisation so that fees fall on no member, has {bond} left.</Trans>}
      />
    );
  });
}

function Unread({ title }: { title: string }) {
  return <Gauge title={title} figure={t`no data`} badge={null} note={<Trans>It could not be read.</Trans>} />;
}
