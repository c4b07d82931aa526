import { t } from "@lingui/core/macro";

import { Select, type Choice } from "@/ui/select";

interface SortChoiceProps {
  choices: readonly Choice[];
  /** The order in the address; the first choice without one. */
  sort: string | undefined;
  onSort: (sort: string | undefined) => void;
}

/** The order of a short list, kept in the address; the one it begins with is not written there. */
export function SortChoice({ choices, sort, onSort }: SortChoiceProps) {
  const first = choices[0]?.value ?? "";
  const known = choices.some(({ value }) => value === sort) ? sort : undefined;
  return (
    <div className="w-full sm:w-233">
      <Select dense label={t`Sort by`} value={known ?? first} choices={choices} onChange={(next) => onSort(next === first ? undefined : next)} />
    </div>
  );
}
