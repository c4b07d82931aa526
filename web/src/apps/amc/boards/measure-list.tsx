import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ChevronDown, Plus, Trash2 } from "lucide-react";
import { useState } from "react";

import { Button, IconButton } from "@/ui/button";

import { freshMeasure } from "./draft";
import { MeasureFields } from "./measure-fields";
import type { BoardMeasure } from "./types";
import { kindWord } from "./words";

interface MeasureListProps {
  measures: readonly BoardMeasure[];
  columns: readonly string[];
  onChange: (measures: BoardMeasure[]) => void;
  onAdd: (measure: BoardMeasure) => void;
}

/** The measures of a dashboard; one at a time is open for a change. */
export function MeasureList({ measures, columns, onChange, onAdd }: MeasureListProps) {
  const [opened, setOpened] = useState<string | null>(null);
  const add = () => {
    const made = freshMeasure(columns, measures.map(({ id }) => id));
    onAdd(made);
    setOpened(made.id);
  };
  return (
    <>
      <ul className="rounded-8 border border-line">
        {measures.map((measure) => {
          const { id, label } = measure;
          const open = opened === id;
          return (
            <li key={id} className="border-b border-line last:border-0">
              <div className="flex items-center gap-2 pr-5">
                <button
                  type="button"
                  aria-expanded={open}
                  onClick={() => setOpened(open ? null : id)}
                  className="flex min-h-44 min-w-0 flex-1 items-center gap-8 px-13 text-left text-12"
                >
                  <ChevronDown size={13} aria-hidden className={open ? "shrink-0" : "shrink-0 -rotate-90"} />
                  <span className="min-w-0 truncate font-medium">{label}</span>
                  <span className="min-w-0 truncate text-muted max-sm:hidden">{kindWord(measure.kind)}</span>
                </button>
                <IconButton label={t`Take ${label} away`} onClick={() => onChange(measures.filter((each) => each.id !== id))}>
                  <Trash2 size={13} aria-hidden />
                </IconButton>
              </div>
              {open && (
                <div className="border-t border-line bg-ground p-13">
                  <MeasureFields measure={measure} columns={columns} onChange={(next) => onChange(measures.map((each) => (each.id === id ? next : each)))} />
                </div>
              )}
            </li>
          );
        })}
      </ul>
      <Button className="mt-8" icon={<Plus size={13} aria-hidden />} onClick={add}>
        <Trans>One more measure</Trans>
      </Button>
    </>
  );
}
