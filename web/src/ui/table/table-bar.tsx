import { plural, t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Columns3, Download, ListFilter, Search, X } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";

import { IconButton } from "../button";
import { Menu, MenuCheck, MenuItem, MenuLabel } from "../menu";

export interface Filter {
  id: string;
  label: string;
  choices: readonly { value: string; label: string }[];
}

interface TableBarProps {
  query: string;
  onQuery: (query: string) => void;
  placeholder: string;
  filters: readonly Filter[];
  values: Record<string, string | undefined>;
  onFilter: (id: string, value: string | undefined) => void;
  columns: readonly { id: string; label: string }[];
  visible: Record<string, boolean>;
  onVisible: (id: string, on: boolean) => void;
  onExport: () => void;
  /** How many rows are here while the server has more: an export holds those alone, and says so. */
  loaded?: number | undefined;
  count?: ReactNode;
}

export function TableBar(props: TableBarProps) {
  const { filters, values, onFilter } = props;
  const set = filters.filter((filter) => values[filter.id] !== undefined);
  return (
    <div className="flex flex-wrap items-center gap-5 border-b border-line px-8 py-5">
      <SearchBox value={props.query} onChange={props.onQuery} placeholder={props.placeholder} />
      <Menu
        trigger={
          <IconButton label={t`Add a filter`}>
            <ListFilter size={16} aria-hidden />
          </IconButton>
        }
      >
        {filters.map((filter) => (
          <div key={filter.id}>
            <MenuLabel>{filter.label}</MenuLabel>
            {filter.choices.map((choice) => (
              <MenuItem key={choice.value} onSelect={() => onFilter(filter.id, choice.value)}>
                {choice.label}
              </MenuItem>
            ))}
          </div>
        ))}
      </Menu>
      {set.map((filter) => (
        <Chip
          key={filter.id}
          label={`${filter.label}: ${choiceLabel(filter, values[filter.id])}`}
          onRemove={() => onFilter(filter.id, undefined)}
        />
      ))}
      <span className="ml-auto flex items-center gap-5">
        {props.count}
        <Menu
          trigger={
            <IconButton label={t`Choose columns`} className="max-sm:hidden">
              <Columns3 size={16} aria-hidden />
            </IconButton>
          }
        >
          {props.columns.map((column) => (
            <MenuCheck
              key={column.id}
              checked={props.visible[column.id] !== false}
              onChange={(on) => props.onVisible(column.id, on)}
            >
              {column.label}
            </MenuCheck>
          ))}
        </Menu>
        <IconButton label={exportLabel(props.loaded)} onClick={props.onExport}>
          <Download size={16} aria-hidden />
        </IconButton>
      </span>
    </div>
  );
}

function exportLabel(loaded: number | undefined): string {
  if (loaded === undefined) return t`Export what is shown as CSV`;
  return plural(loaded, { one: "Export the # row loaded so far as CSV", other: "Export the # rows loaded so far as CSV" });
}

function choiceLabel(filter: Filter, value: string | undefined): string {
  return filter.choices.find((choice) => choice.value === value)?.label ?? value ?? "";
}

/** A filter that holds, with the way to take it away. */
export function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-[26px] items-center gap-3 rounded-full bg-sunken pr-3 pl-13 text-12">
      {label}
      <button
        type="button"
        onClick={onRemove}
        aria-label={t`Remove filter ${label}`}
        className="inline-flex size-21 items-center justify-center rounded-full hover:bg-line"
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  );
}

type SearchBoxProps = Pick<TableBarProps, "placeholder"> & { value: string; onChange: (value: string) => void };

/** Sends what was typed 261 ms after the last key, so that a list is asked for once a word. */
function SearchBox({ value, onChange, placeholder }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  const [known, setKnown] = useState(value);
  // A view or a filter changed what is searched for; what was typed here comes back as it was sent.
  if (value !== known) {
    setKnown(value);
    if (value !== sent) {
      setSent(value);
      setTyped(value);
    }
  }
  useEffect(() => {
    if (typed === sent) return;
    const wait = setTimeout(() => {
      setSent(typed);
      onChange(typed);
    }, 261);
    return () => clearTimeout(wait);
  }, [typed, sent, onChange]);
  return (
    <label className="flex h-34 min-w-144 flex-1 basis-full items-center gap-8 rounded-5 px-5 sm:max-w-[300px] sm:basis-0">
      <Search size={16} aria-hidden className="shrink-0 text-muted" />
      <span className="sr-only">
        <Trans>Search this list</Trans>
      </span>
      <input
        type="search"
        data-list-search
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={placeholder}
        className="h-full w-full bg-transparent text-16 outline-none placeholder:text-muted sm:text-12"
      />
    </label>
  );
}
