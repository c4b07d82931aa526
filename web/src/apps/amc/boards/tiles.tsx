import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { clsx } from "clsx";

import { MeasureTile } from "./measure-tile";
import { partTiles } from "./shown";
import { SilentMeasures } from "./silent-measures";
import type { ShownTile } from "./types";

const widths: Record<number, string> = { 1: "", 2: "sm:col-span-2", 3: "sm:col-span-2 md:col-span-3" };

interface TilesProps {
  tiles: readonly ShownTile[];
  provisional: boolean;
  compared: boolean;
}

/** A board's measures in their places; a snapshot shows the same. */
export function Tiles({ tiles, provisional, compared }: TilesProps) {
  const { shown, silent } = partTiles(tiles);
  return (
    <>
      {provisional && (
        <p role="note" className="mb-13 flex items-start gap-8 text-12 text-muted">
          <span aria-hidden className="mt-2 size-13 shrink-0 rounded-full border-2 border-dashed border-info" />
          <Trans>
            Hollow and dashed figures are provisional: they were read before Amazon's data were complete, and are read once more when they are. They may still change.
          </Trans>
        </p>
      )}
      <ul aria-label={t`Measures`} className="grid grid-cols-[minmax(0,1fr)] gap-13 sm:grid-cols-2 md:grid-cols-3">
        {shown.map(({ key, measure, chart, width, carded }) => (
          <li key={key} className={clsx("min-w-0 break-inside-avoid", widths[width])}>
            <MeasureTile measure={measure} chart={chart} compared={compared} carded={carded} />
          </li>
        ))}
      </ul>
      <SilentMeasures measures={silent} />
    </>
  );
}
