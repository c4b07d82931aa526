import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { formatDay } from "@/kernel/time";
import { Button, IconButton } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { useAct } from "@/ui/use-act";

const path = "/campaign-settings";
const mostHolidays = 200;

/** Days on which nobody pays: the supplier's two business days leave them out. */
export function HolidaysSection({ holidays }: { holidays: string[] }) {
  const [days, setDays] = useState(holidays);
  const [next, setNext] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const changed = days.join() !== holidays.join();
  const isFull = days.length >= mostHolidays;
  const add = () => {
    if (next === "") return;
    setDays([...new Set([...days, next])].sort());
    setNext("");
  };
  const save = useAct({
    work: () => patch(path, { holidays: days }),
    refresh: [[path]],
    done: () => t`Holidays saved`,
    refused: t`The holidays stay as they were`,
    onDone: () => setRefusal(undefined),
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Section
      title={<Trans>Holidays</Trans>}
      hint={<Trans>A release is paid to the supplier within two business days. Saturdays, Sundays and these days do not count; what is due already stays due.</Trans>}
    >
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) save.mutate();
        }}
      >
        <div className="flex items-end gap-13 sm:w-1/2">
          <TextField
            label={t`A day`}
            type="date"
            min="2000-01-01"
            max="2200-12-31"
            className="grow"
            value={next}
            disabled={isFull}
            onChange={(event) => setNext(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              add();
            }}
          />
          <Button size="normal" disabled={next === "" || isFull} onClick={add}>
            <Trans>Add</Trans>
          </Button>
        </div>
        {days.length === 0 ? (
          <p className="text-16 text-muted">
            <Trans>No holidays are named: only weekends are left out.</Trans>
          </p>
        ) : (
          <ul className="flex flex-wrap gap-8" aria-label={t`Holidays`}>
            {days.map((day) => (
              <li key={day} className="flex items-center gap-3 rounded-5 border border-line bg-sunken pl-13 text-16 text-ink tabular-nums">
                {formatDay(day)}
                <IconButton label={t`Remove ${formatDay(day)}`} onClick={() => setDays(days.filter((each) => each !== day))}>
                  <X size={16} aria-hidden />
                </IconButton>
              </li>
            ))}
          </ul>
        )}
        <FormRefusal message={refusal} />
        <Button size="normal" type="submit" className="self-start" busy={save.isPending} disabled={!changed}>
          <Trans>Save the holidays</Trans>
        </Button>
      </form>
    </Section>
  );
}
