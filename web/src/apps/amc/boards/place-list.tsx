import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";

import { Button, IconButton } from "@/ui/button";
import { Select } from "@/ui/select";

import { movedTo } from "./draft";
import { charts, type BoardMeasure, type Chart, type Tile } from "./types";
import { chartWord } from "./words";

interface PlaceListProps {
  layout: readonly Tile[];
  measures: readonly BoardMeasure[];
  onChange: (layout: Tile[]) => void;
}

const widths = () => [
  { value: "1", label: t`A third` },
  { value: "2", label: t`Two thirds` },
  { value: "3", label: t`The whole row` },
];

/** In what order measures stand, how each is drawn and how wide; a measure may stand twice. */
export function PlaceList({ layout, measures, onChange }: PlaceListProps) {
  const first = measures[0];
  const set = (at: number, change: Partial<Tile>) => onChange(layout.map((tile, index) => (index === at ? { ...tile, ...change } : tile)));
  return (
    <>
      <ol className="rounded-8 border border-line">
        {layout.map((tile, index) => {
          const label = measures.find(({ id }) => id === tile.measure_id)?.label ?? "";
          return (
            <li key={index} className="flex flex-wrap items-center gap-5 border-b border-line p-8 last:border-0">
              <div className="min-w-0 flex-1 basis-[144px]">
                <Select
                  dense
                  label={t`Measure at place ${index + 1}`}
                  value={tile.measure_id}
                  choices={measures.map(({ id, label: name }) => ({ value: id, label: name }))}
                  onChange={(id) => set(index, { measure_id: id })}
                />
              </div>
              <div className="min-w-0 flex-1 basis-[110px]">
                <Select<Chart>
                  dense
                  label={t`Place ${index + 1} shown as`}
                  value={tile.chart}
                  choices={charts.map((value) => ({ value, label: chartWord(value) }))}
                  onChange={(chart) => set(index, { chart })}
                />
              </div>
              <div className="min-w-0 flex-1 basis-[110px]">
                <Select dense label={t`Width of place ${index + 1}`} value={String(tile.width)} choices={widths()} onChange={(width) => set(index, { width: Number(width) })} />
              </div>
              <span className="flex">
                <IconButton label={t`Move ${label} up from place ${index + 1}`} disabled={index === 0} onClick={() => onChange(movedTo(layout, index, index - 1))} className="disabled:opacity-34">
                  <ArrowUp size={13} aria-hidden />
                </IconButton>
                <IconButton
                  label={t`Move ${label} down from place ${index + 1}`}
                  disabled={index === layout.length - 1}
                  onClick={() => onChange(movedTo(layout, index, index + 1))}
                  className="disabled:opacity-34"
                >
                  <ArrowDown size={13} aria-hidden />
                </IconButton>
                <IconButton label={t`Clear place ${index + 1}`} onClick={() => onChange(layout.filter((_, other) => other !== index))}>
                  <Trash2 size={13} aria-hidden />
                </IconButton>
              </span>
            </li>
          );
        })}
      </ol>
      {first !== undefined && (
        <Button className="mt-8" icon={<Plus size={13} aria-hidden />} onClick={() => onChange([...layout, { measure_id: first.id, chart: "line", width: 1 }])}>
          <Trans>One more place</Trans>
        </Button>
      )}
    </>
  );
}
