import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatDay } from "@/kernel/time";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { permissions } from "../permissions";
import type { EscrowDays } from "./dashboard-types";

export function EscrowSection({ campaignId }: { campaignId: string }) {
  const can = useCan();
  if (!can(...permissions.books)) return null;
  return (
    <Section
      title={<Trans>In escrow over time</Trans>}
      hint={<Trans>What the provider held for this campaign at the end of each day, from the books; today, now.</Trans>}
    >
      <Sheet className="p-13">
        <Found campaignId={campaignId} />
      </Sheet>
    </Section>
  );
}

function Found({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaigns", campaignId, "escrow-days"],
    queryFn: ({ signal }) => get<EscrowDays>(`/campaigns/${campaignId}/escrow-days`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={3} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Steps escrow={data} />;
}

const width = 618;
const height = 89;

/** A balance holds from one day's end to the next: steps, not a line between points. */
function Steps({ escrow: { days, currency } }: { escrow: EscrowDays }) {
  const top = Math.max(1, ...days.map(({ held_minor }) => held_minor));
  const step = width / days.length;
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return null;
  const most = formatMoney(Math.max(0, ...days.map(({ held_minor }) => held_minor)), currency);
  const now = formatMoney(last.held_minor, currency);
  const [from, to] = [formatDay(first.on), formatDay(last.on)];
  const level = (held: number) => height - (Math.max(0, held) / top) * (height - 1);
  const edge = days.map(({ held_minor }, index) => `${index === 0 ? "M" : "L"}${index * step} ${level(held_minor)}H${(index + 1) * step}`).join("");
  return (
    <figure>
      <div className="label flex justify-between gap-13">
        <span>{t`At most ${most}`}</span>
        <span>{t`Last ${now}`}</span>
      </div>
      <svg
        role="img"
        aria-label={t`In escrow between ${from} and ${to}: at most ${most}, last ${now}`}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="mt-3 h-89 w-full"
      >
        {days.map(({ on, held_minor }, index) => (
          <g key={on}>
            <title>{`${formatDay(on)}: ${formatMoney(held_minor, currency)}`}</title>
            <rect x={index * step} y={0} width={step} height={height} className="fill-transparent" />
            <rect x={index * step} y={level(held_minor)} width={step + 0.5} height={height - level(held_minor)} className="fill-highlight" />
          </g>
        ))}
        <path d={edge} className="fill-none stroke-ink" vectorEffect="non-scaling-stroke" />
        <line x1={0} x2={width} y1={height} y2={height} className="stroke-line-strong" vectorEffect="non-scaling-stroke" />
      </svg>
      <figcaption className="label mt-3 flex justify-between">
        <span>{from}</span>
        {days.length > 1 && <span>{to}</span>}
      </figcaption>
    </figure>
  );
}
