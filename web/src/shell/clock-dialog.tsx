import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { Clock } from "@/kernel/api-types";
import { get, post } from "@/kernel/client";
import { formatDuration, formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextField } from "@/ui/field";
import { Facts } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

const units = { hour: 3600, day: 86_400, week: 604_800 } as const;
type Unit = keyof typeof units;

/** Moves the test clock of a sandbox: what falls due on the way happens now. It never goes back. */
export default function ClockDialog({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [count, setCount] = useState("1");
  const [unit, setUnit] = useState<Unit>("day");
  const clock = useQuery({
    queryKey: ["/clock"],
    queryFn: ({ signal }) => get<Clock>("/clock", { signal }),
    staleTime: 0,
  });
  const seconds = /^\d{1,4}$/.test(count) && Number(count) > 0 ? Number(count) * units[unit] : null;
  const advance = useAct({
    work: (by: number) => post<Clock>("/clock/advance", { seconds: by }),
    refresh: [],
    done: (_answer, by) => t`The clock moved ${formatDuration(by)} on`,
    refused: t`The clock stays as it was`,
    onDone: () => {
      // Everything on the page may have fallen due.
      void queries.invalidateQueries();
      onClose();
    },
  });
  const { data } = clock;
  return (
    <Dialog open onClose={onClose} title={<Trans>Test clock</Trans>}>
      <form
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (seconds !== null) advance.mutate(seconds);
        }}
      >
        <p className="text-16 text-pretty text-muted">
          <Trans>Only this sandbox moves on. Deadlines, windows and inspections that end on the way end now; there is no way back.</Trans>
        </p>
        <Facts
          facts={[
            [<Trans key="n">Its time</Trans>, data === undefined ? "–" : formatInstant(data.now)],
            [
              <Trans key="n">Ahead by</Trans>,
              data === undefined || data.offset_seconds === 0 ? t`nothing` : formatDuration(data.offset_seconds),
            ],
          ]}
        />
        <div className="flex items-start gap-13">
          <TextField
            label={t`Move on by`}
            className="w-89"
            inputMode="numeric"
            autoFocus
            value={count}
            onChange={(event) => setCount(event.target.value)}
          />
          <Field label={t`Unit`} className="flex-1">
            {({ id }) => (
              <Select<Unit>
                id={id}
                value={unit}
                choices={[
                  { value: "hour", label: t`hours` },
                  { value: "day", label: t`days` },
                  { value: "week", label: t`weeks` },
                ]}
                onChange={setUnit}
              />
            )}
          </Field>
        </div>
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={advance.isPending} disabled={seconds === null}>
            {seconds === null ? <Trans>Move on</Trans> : <Trans>Move on {formatDuration(seconds)}</Trans>}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
