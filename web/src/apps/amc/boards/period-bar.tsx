import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { Button } from "@/ui/button";
import { Field, inputClass } from "@/ui/field";
import { Select } from "@/ui/select";

import type { SegmentUnit } from "../collections/types";
import { comparisonOf, groupingOf, lastSegments, segmentCount, usableGroupings, usablePresets, type Chosen, type Rule } from "./period";
import { comparisonWord, groupingWord } from "./words";
import type { Comparison, Grouping } from "./types";

export interface BoardSearch {
  from?: string | undefined;
  to?: string | undefined;
  compare?: string | undefined;
  group?: string | undefined;
  client?: string | undefined;
}

interface PeriodBarProps {
  unit: SegmentUnit;
  /** How the collection cuts time; null when it is archived. */
  rule: Rule | null;
  clients: readonly { id: string; name: string }[];
  period: Partial<Chosen>;
  today: string;
  search: BoardSearch;
  onChange: (search: BoardSearch) => void;
}

/** Which time is looked at, what it is held against, in what steps, and of whom. */
export function PeriodBar({ unit, rule, clients, period, today, search, onChange }: PeriodBarProps) {
  const groupings = usableGroupings(unit);
  return (
    <section aria-label={t`What is shown`} className="mb-21 flex flex-col gap-13 print:hidden">
      {rule !== null && unit !== "once" && <Presets rule={rule} period={period} today={today} onChoose={(chosen) => onChange({ ...search, ...chosen })} />}
      <div className="grid grid-cols-2 gap-13 sm:grid-cols-3 md:grid-cols-5">
        <Day label={t`From`} value={period.from ?? ""} onChange={(from) => onChange({ ...search, from, to: period.to })} />
        <Day label={t`To, not included`} value={period.to ?? ""} onChange={(to) => onChange({ ...search, from: period.from, to })} />
        <Field label={t`Compared with`}>
          {({ id }) => (
            <Select<Comparison>
              id={id}
              dense
              value={comparisonOf(search.compare)}
              choices={(["previous", "year", "none"] as const).map((value) => ({ value, label: comparisonWord(value) }))}
              onChange={(compare) => onChange({ ...search, compare })}
            />
          )}
        </Field>
        {groupings.length > 1 && (
          <Field label={t`In steps of`}>
            {({ id }) => (
              <Select<Grouping>
                id={id}
                dense
                value={groupingOf(search.group, unit)}
                choices={groupings.map((value) => ({ value, label: groupingWord(value) }))}
                onChange={(group) => onChange({ ...search, group })}
              />
            )}
          </Field>
        )}
        {clients.length > 1 && (
          <Field label={t`Client`}>
            {({ id }) => (
              <Select
                id={id}
                dense
                value={search.client ?? ""}
                choices={[{ value: "", label: t`All clients` }, ...clients.map((client) => ({ value: client.id, label: client.name }))]}
                onChange={(client) => onChange({ ...search, client: client === "" ? undefined : client })}
              />
            )}
          </Field>
        )}
      </div>
    </section>
  );
}

interface PresetsProps {
  rule: Rule;
  period: Partial<Chosen>;
  today: string;
  onChoose: (chosen: Chosen) => void;
}

function Presets({ rule, period, today, onChoose }: PresetsProps) {
  const all = segmentCount(rule, today);
  return (
    <div role="group" aria-label={t`Period`} className="flex flex-wrap gap-5">
      {usablePresets(rule, today).map((count) => {
        const chosen = lastSegments(rule, count, today);
        const on = chosen.from === period.from && chosen.to === period.to;
        return (
          <Button key={count} aria-pressed={on} tone={on ? "primary" : "plain"} onClick={() => onChoose(chosen)}>
            {count === all ? <Trans>All</Trans> : <Plural value={count} one="Last # segment" other="Last # segments" />}
          </Button>
        );
      })}
    </div>
  );
}

function Day({ label, value, onChange }: { label: string; value: string; onChange: (day: string) => void }) {
  return (
    <Field label={label}>
      {(wires) => (
        <input
          {...wires}
          type="date"
          value={value}
          onChange={(event) => {
            if (event.target.value !== "") onChange(event.target.value);
          }}
          className={`${inputClass.replace("text-16", "text-12").replace("px-13", "px-8")} h-34`}
        />
      )}
    </Field>
  );
}
