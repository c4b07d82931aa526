import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { clsx } from "clsx";
import { Minus } from "lucide-react";

import { formatInstant } from "@/kernel/time";

import { count, windowText } from "../figures";
import { headsOf, type SegmentGrid as Cells } from "./segment-rows";
import type { Segment, SegmentUnit } from "./types";
import { segmentLooks, segmentWord } from "./words";

const written = (day: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" }).format(new Date(`${day.slice(0, 10)}T00:00:00Z`));

function headText(text: string): string {
  return text.length === 4 ? text : written(`${text}-01`, { month: "short", year: "numeric" });
}

function columnText(start: string, unit: SegmentUnit): string {
  if (unit === "month") return written(start, { month: "short" });
  if (unit === "quarter") return `Q${Math.floor((Number(start.slice(5, 7)) - 1) / 3) + 1}`;
  return String(Number(start.slice(8, 10)));
}

/** Clients down, time across; a cell is a segment, its state told by sign, colour and words. */
export function SegmentGrid({ grid, unit }: { grid: Cells; unit: SegmentUnit }) {
  return (
    <div tabIndex={0} role="region" aria-label={t`Segments`} className="max-h-[61.8dvh] overflow-auto rounded-8 border border-line bg-paper">
      <table className="w-max border-separate border-spacing-0 text-12">
        <thead>
          <tr>
            <th rowSpan={2} scope="col" className="sticky top-0 left-0 z-20 border-r border-b border-line bg-paper px-13 text-left align-bottom font-medium text-muted">
              <Trans>Client</Trans>
            </th>
            {headsOf(grid.columns, unit).map(({ text, span }, index) => (
              <th key={index} colSpan={span} scope="colgroup" className="sticky top-0 z-10 h-21 border-l border-line bg-paper px-5 text-left font-medium whitespace-nowrap text-muted">
                {span > 1 || text.length === 4 ? headText(text) : written(`${text}-01`, { month: "short" })}
              </th>
            ))}
          </tr>
          <tr>
            {grid.columns.map(({ start, end }) => (
              <th key={start} scope="col" title={windowText(start, end)} className="sticky top-21 z-10 border-b border-line bg-paper px-3 pb-3 text-center font-medium text-muted">
                {columnText(start, unit)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {grid.rows.map(({ client, cells }) => (
            <tr key={client.id}>
              <th scope="row" className="sticky left-0 z-10 max-w-144 truncate border-r border-b border-line bg-paper px-13 text-left font-medium sm:max-w-233">
                {client.name}
              </th>
              {cells.map((segment, index) => (
                <td key={index} className="border-b border-line p-3">
                  {segment !== undefined && <Cell segment={segment} />}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function factsOf(segment: Segment): string {
  const { state, rows, problem, settles_at: settles, next_try_at: next } = segment;
  if (segment.beside_data && rows === 0) return t`No data of these days`;
  const more = {
    settled: rows === null ? null : rows === 0 ? t`no row came back` : plural(rows, { one: `${count(rows)} row`, other: `${count(rows)} rows` }),
    provisional: t`collected again from ${formatInstant(settles)}`,
    waiting: t`its data are complete from ${formatInstant(settles)}`,
    running: null,
    failed: problem ?? (next === null ? null : t`tried again ${formatInstant(next)}`),
  }[state];
  return [segmentWord(state), more].filter((part) => part !== null).join(": ");
}

/** What is settled without a row is no success to look at. */
function lookOf({ state, rows }: Segment) {
  return state === "settled" && rows === 0 ? { icon: Minus, colour: "border-line bg-sunken text-muted" } : segmentLooks[state];
}

function Cell({ segment }: { segment: Segment }) {
  const { icon: Icon, colour } = lookOf(segment);
  const said = `${segment.instance.name}, ${windowText(segment.start, segment.end)}. ${factsOf(segment)}`;
  const look = clsx("flex size-[26px] items-center justify-center rounded-5 border pointer-coarse:size-34", colour);
  if (segment.run_id === null) {
    return (
      <span role="img" aria-label={said} title={said} className={look}>
        <Icon size={13} aria-hidden />
      </span>
    );
  }
  return (
    <Link to="/amc/runs/$runId" params={{ runId: segment.run_id }} aria-label={said} title={said} className={clsx(look, "hover:border-link")}>
      <Icon size={13} aria-hidden />
    </Link>
  );
}
