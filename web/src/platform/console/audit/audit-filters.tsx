import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ListFilter } from "lucide-react";
import { useState } from "react";

import { fromLocalField, toLocalField } from "@/kernel/time";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";

import { WhoseLog } from "./whose-log";

export type AuditSearch = Partial<
  Record<"account_id" | "tenant_id" | "name" | "actor_id" | "aggregate_id" | "request_id" | "since" | "until", string | undefined>
>;

interface AuditFiltersProps {
  search: AuditSearch;
  onSearch: (next: AuditSearch) => void;
}

/** Whose log, and since when; the rarer filters open beneath. All stand in the address. */
export function AuditFilters({ search, onSearch }: AuditFiltersProps) {
  const rare = [search.name, search.actor_id, search.aggregate_id, search.request_id, search.until];
  const [open, setOpen] = useState(rare.some((value) => value !== undefined));
  const change = (part: AuditSearch) => onSearch({ ...search, ...part });
  const written = (name: keyof AuditSearch) => ({
    defaultValue: search[name] ?? "",
    onBlur: (event: { target: { value: string } }) => {
      const value = event.target.value.trim();
      if (value !== (search[name] ?? "")) change({ [name]: value === "" ? undefined : value });
    },
  });
  const instant = (name: "since" | "until") => ({
    type: "datetime-local",
    value: search[name] === undefined ? "" : toLocalField(search[name]),
    onChange: (event: { target: { value: string } }) =>
      change({ [name]: event.target.value === "" ? undefined : fromLocalField(event.target.value) }),
  });
  return (
    <form
      className="mb-13 flex flex-col gap-13"
      onSubmit={(event) => {
        event.preventDefault();
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      }}
    >
      <div className="grid items-end gap-13 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
        <WhoseLog tenantId={search.tenant_id} onChoose={(next) => change({ tenant_id: next })} />
        <TextField label={t`Since`} {...instant("since")} />
        <Button
          className="h-44"
          aria-expanded={open}
          icon={<ListFilter size={13} aria-hidden />}
          onClick={() => setOpen(!open)}
        >
          <Trans>More filters</Trans>
        </Button>
      </div>
      {open && (
        <div className="grid gap-13 sm:grid-cols-2" key={JSON.stringify(rare)}>
          <TextField label={t`Until`} {...instant("until")} />
          <TextField
            label={t`Event or module`}
            placeholder="tenancy"
            hint={t`Such as tenancy or tenancy.member_added.v1.`}
            {...written("name")}
          />
          <TextField label={t`Who (id)`} {...written("actor_id")} />
          <TextField label={t`Record (id)`} {...written("aggregate_id")} />
          <TextField label={t`Request (id)`} {...written("request_id")} />
          <div className="flex items-end">
            <Button tone="quiet" className="h-44" onClick={() => onSearch({ account_id: search.account_id })}>
              <Trans>Take all filters away</Trans>
            </Button>
          </div>
        </div>
      )}
    </form>
  );
}
