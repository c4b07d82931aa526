import { t } from "@lingui/core/macro";

import { Select } from "@/ui/select";

import { useOfWhat } from "../runs/use-of-what";

export interface ScheduleSearch {
  sort?: string | undefined;
  instance_id?: string | undefined;
  workflow_id?: string | undefined;
  state?: string | undefined;
}

/** Whether the address asks for some of the schedules only. */
export const isFiltered = ({ instance_id, workflow_id, state }: ScheduleSearch) => [instance_id, workflow_id, state].some((each) => each !== undefined);

interface ScheduleFiltersProps {
  search: ScheduleSearch;
  onSearch: (search: ScheduleSearch) => void;
}

/** Whose schedules, of which workflow, in which state. */
export function ScheduleFilters({ search, onSearch }: ScheduleFiltersProps) {
  const states = [
    { value: "active", label: t`Active` },
    { value: "paused", label: t`Paused` },
  ];
  const filters = [...useOfWhat(search), { id: "state", label: t`State`, choices: states }] as { id: "instance_id" | "workflow_id" | "state"; label: string; choices: typeof states }[];
  return (
    <div role="group" aria-label={t`Which schedules are shown`} className="mb-13 grid grid-cols-[minmax(0,1fr)] gap-8 sm:grid-cols-3">
      {filters.map(({ id, label, choices }) => (
        <Select
          key={id}
          dense
          label={label}
          value={search[id] ?? ""}
          choices={[{ value: "", label: t`${label}: all` }, ...choices]}
          onChange={(next) => onSearch({ ...search, [id]: next === "" ? undefined : next })}
        />
      ))}
    </div>
  );
}
