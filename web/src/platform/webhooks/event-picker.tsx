import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";

import { get } from "@/kernel/client";
import { Checkbox } from "@/ui/checkbox";
import { TextField } from "@/ui/field";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { path, type PublishedEvent } from "./types";

interface EventPickerProps {
  chosen: readonly string[];
  onChange: (names: string[]) => void;
}

/** The events there are, by module, found by any word of their names and meanings; or all of them. */
export function EventPicker({ chosen, onChange }: EventPickerProps) {
  const [words, setWords] = useState("");
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path, "events"],
    queryFn: ({ signal }) => get<{ items: PublishedEvent[] }>(`${path}/events`, { signal }),
    staleTime: Infinity,
  });
  const everything = chosen.includes("*");
  const set = (name: string, on: boolean) => onChange(on ? [...chosen, name] : chosen.filter((other) => other !== name));
  return (
    <fieldset className="flex flex-col gap-13">
      <legend className="mb-8 text-12 font-medium">
        <Trans>Events: what it is told of</Trans>
      </legend>
      <Checkbox
        checked={everything}
        onChange={(on) => onChange(on ? ["*"] : [])}
        label={<Trans>Everything that happens, also what later versions add</Trans>}
        hint={<code className="font-mono">*</code>}
      />
      {!everything && (
        <>
          <TextField
            label={t`Find an event`}
            type="search"
            placeholder={t`campaign, member, settings…`}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          <p className="label" role="status">
            <Trans>{chosen.length} chosen</Trans>
          </p>
          <div className="max-h-[300px] overflow-y-auto rounded-5 border border-line p-13" tabIndex={0}>
            {isPending ? (
              <RowsSkeleton rows={4} />
            ) : error !== null ? (
              <ErrorState error={error} onRetry={() => void refetch()} />
            ) : (
              <Events items={found(data.items, words)} chosen={chosen} onChange={set} />
            )}
          </div>
        </>
      )}
    </fieldset>
  );
}

function found(items: readonly PublishedEvent[], words: string): PublishedEvent[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return items.filter(({ name, description }) => {
    const text = `${name} ${description}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

interface EventsProps {
  items: readonly PublishedEvent[];
  chosen: readonly string[];
  onChange: (name: string, on: boolean) => void;
}

function Events({ items, chosen, onChange }: EventsProps) {
  if (items.length === 0) {
    return (
      <p className="text-12 text-muted">
        <Trans>No event has these words.</Trans>
      </p>
    );
  }
  const aliases = items.filter((each) => each.of.length > 0);
  const rest = items.filter((each) => each.of.length === 0);
  const modules = [...new Set(rest.map((each) => each.module))];
  return (
    <div className="flex flex-col gap-21">
      {aliases.length > 0 && (
        <Group title={t`Short names`}>
          {aliases.map((each) => (
            <EventBox key={each.name} event={each} on={chosen.includes(each.name)} onChange={onChange} />
          ))}
        </Group>
      )}
      {modules.map((module) => {
        const all = chosen.includes(`${module}.*`);
        return (
          <Group key={module} title={module}>
            <Checkbox
              checked={all}
              onChange={(on) => onChange(`${module}.*`, on)}
              label={<Trans>All of {module}</Trans>}
              hint={<code className="font-mono">{module}.*</code>}
            />
            {!all &&
              rest
                .filter((each) => each.module === module)
                .map((each) => <EventBox key={each.name} event={each} on={chosen.includes(each.name)} onChange={onChange} />)}
          </Group>
        );
      })}
    </div>
  );
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={title} className="flex flex-col gap-8">
      <p aria-hidden className="label font-semibold">
        {title}
      </p>
      {children}
    </div>
  );
}

interface EventBoxProps {
  event: PublishedEvent;
  on: boolean;
  onChange: (name: string, on: boolean) => void;
}

function EventBox({ event, on, onChange }: EventBoxProps) {
  return (
    <Checkbox
      checked={on}
      onChange={(next) => onChange(event.name, next)}
      label={event.description}
      hint={<code className="font-mono break-all">{event.name}</code>}
    />
  );
}
