import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { DestinationChoice } from "../destinations/destination-choice";
import { windowText } from "../figures";
import type { Run } from "../types";
import { firstRhythm, RhythmFields } from "./rhythm-fields";
import type { Schedule, SchedulePreview } from "./types";

/** Repeats a run that succeeded: the same query, values and window rule, worked out anew each time. */
export function RecurringDialog({ run, onClose }: { run: Run; onClose: () => void }) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [name, setName] = useState([run.instance.name, run.workflow?.name].filter((part) => part !== undefined).join(" - "));
  const [rhythm, setRhythm] = useState(firstRhythm);
  const [catchUp, setCatchUp] = useState("last");
  const [destinations, setDestinations] = useState<string[]>(run.destination_ids);
  const [refusal, setRefusal] = useState<string>();
  const shape = { kind: rhythm, window: run.window_rule, time_zone: run.time_zone, sql: run.sql };
  const preview = useQuery({
    queryKey: ["/amc/schedules/preview", shape],
    queryFn: ({ signal }) => post<SchedulePreview>("/amc/schedules/preview", shape, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const make = useAct({
    work: () => {
      const body = {
        name: name.trim(),
        workflow_id: run.workflow?.id,
        instance_id: run.instance.id,
        values: run.values,
        window: run.window_rule,
        kind: rhythm,
        time_zone: run.time_zone,
        catch_up: catchUp,
        destination_ids: destinations,
      };
      return post<Schedule>("/amc/schedules", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/amc/schedules"]],
    done: (made) => t`${made.name} is repeated from now on`,
    refused: t`Nothing is repeated`,
    onDone: () => void navigate({ to: "/amc/runs/schedules" }),
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} wide title={<Trans>Make this recurring</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextField label={t`Name`} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <RhythmFields rhythm={rhythm} onChange={setRhythm} />
        <Field label={t`What was missed while nothing ran`}>
          {({ id }) => (
            <Select
              id={id}
              value={catchUp}
              choices={[
                { value: "last", label: t`Only the last is made up for` },
                { value: "all", label: t`All of it is made up for` },
                { value: "skip", label: t`It is left out` },
              ]}
              onChange={setCatchUp}
            />
          )}
        </Field>
        <DestinationChoice chosen={destinations} onChange={setDestinations} />
        <Preview data={preview.data} error={preview.error} zone={run.time_zone} />
        {run.window_rule.kind === "explicit" && (
          <p className="rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
            <Trans>This run read fixed dates: repeated, it reads the same ones each time.</Trans>
          </p>
        )}
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={make.isPending} disabled={name.trim() === "" || preview.error !== null}>
            <Trans>Repeat it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Preview({ data, error, zone }: { data: SchedulePreview | undefined; error: unknown; zone: string }) {
  if (error !== null) return <p className="text-12 text-bad">{asProblem(error).said}</p>;
  if (data === undefined) return null;
  return (
    <section aria-label={t`What comes next`} className="text-12">
      <h3 className="font-semibold">
        <Trans>What comes next</Trans>
      </h3>
      <ol className="mt-5">
        {data.firings.slice(0, 3).map((at, index) => {
          const window = data.windows[index];
          return (
            <li key={at} className="flex flex-wrap justify-between gap-x-21 border-b border-line py-5 last:border-0">
              <span>{formatInstant(at, zone)}</span>
              {window !== undefined && <span className="text-muted">{windowText(window.start, window.end)}</span>}
            </li>
          );
        })}
      </ol>
      {data.firings.length > 3 && (
        <p className="label">
          <Trans>then {data.firings.slice(3).map((at) => formatInstant(at, zone)).join("; ")}</Trans>
        </p>
      )}
    </section>
  );
}
