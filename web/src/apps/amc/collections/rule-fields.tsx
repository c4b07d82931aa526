import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { Checkbox } from "@/ui/checkbox";
import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import { lastUnits, type Lately } from "./segments";
import type { SegmentRule, SegmentUnit } from "./types";
import { unitWord } from "./words";

interface RuleFieldsProps {
  rule: SegmentRule;
  continuing: boolean;
  /** What there are data of. */
  lately: Lately;
  /** Said at the field it belongs to. */
  fault: string | undefined;
  onChange: (rule: SegmentRule, continuing: boolean) => void;
}

const begins: Record<Exclude<SegmentUnit, "once">, number> = { day: 14, week: 12, month: 6, quarter: 4 };
const shown: SegmentUnit[] = ["day", "week", "month", "quarter", "once"];
const weekdays = () => [t`Monday`, t`Tuesday`, t`Wednesday`, t`Thursday`, t`Friday`, t`Saturday`, t`Sunday`];

/** How time is cut, where it begins, and whether it ever ends. */
export function RuleFields({ rule, continuing, lately, fault, onChange }: RuleFieldsProps) {
  const { unit } = rule;
  const begun = (of: keyof typeof begins, weekStart: number): SegmentRule => {
    const last = lastUnits(of, begins[of], lately, weekStart);
    return continuing ? { ...last, to: null } : last;
  };
  const choose = (next: SegmentUnit) => {
    if (next === "once") onChange({ ...rule, unit: next, to: rule.to ?? lastUnits("week", 1, lately).to }, false);
    else onChange(begun(next, rule.week_starts_on), continuing);
  };
  return (
    <div className="flex flex-col gap-21">
      <div className="grid gap-21 sm:grid-cols-2">
        <Field label={t`Segments`}>
          {({ id }) => <Select<SegmentUnit> id={id} value={unit} choices={shown.map((value) => ({ value, label: unitWord(value) }))} onChange={choose} />}
        </Field>
        {unit === "week" && (
          <Field label={t`Weeks begin on`}>
            {({ id }) => (
              <Select
                id={id}
                value={String(rule.week_starts_on)}
                choices={weekdays().map((label, index) => ({ value: String(index + 1), label }))}
                onChange={(day) => onChange(begun("week", Number(day)), continuing)}
              />
            )}
          </Field>
        )}
      </div>
      <div className="grid gap-21 sm:grid-cols-2">
        <TextField label={t`From`} type="date" value={rule.from} {...(fault === undefined ? {} : { error: fault })} onChange={(event) => onChange({ ...rule, from: event.target.value }, continuing)} />
        {!continuing && <TextField label={t`To, not included`} type="date" value={rule.to ?? ""} onChange={(event) => onChange({ ...rule, to: event.target.value }, continuing)} />}
      </div>
      {unit !== "once" && (
        <Checkbox
          checked={continuing}
          onChange={(on) => onChange({ ...rule, to: on ? null : lastUnits(unit, 1, lately, rule.week_starts_on).to }, on)}
          label={<Trans>Goes on by itself</Trans>}
          hint={<Trans>Each segment that ends is added and collected; no rerun by hand.</Trans>}
        />
      )}
    </div>
  );
}
