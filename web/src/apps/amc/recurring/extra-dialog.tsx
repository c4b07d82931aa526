import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { formatInstant, fromLocalField, toLocalField } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { Schedule } from "./types";
import { schedulePath } from "./use-schedule";

const minuteMs = 60_000;

/** Asks for one run out of turn, five minutes to a day ahead; its own instants stay where they are. */
export function ExtraDialog({ schedule, onClose }: { schedule: Schedule; onClose: () => void }) {
  const attempt = useAttempt();
  const ahead = (useMe()?.tenant?.clock_offset_seconds ?? 0) * 1000;
  const [at, setAt] = useState(() => toLocalField(new Date(Date.now() + ahead + 10 * minuteMs).toISOString()));
  const [refusal, setRefusal] = useState<string>();
  const ask = useAct({
    work: () => {
      const body = { at: fromLocalField(at) };
      return post(`${schedulePath}/${schedule.id}/extra`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [],
    done: () => t`${schedule.name} runs once more, ${formatInstant(fromLocalField(at))}`,
    refused: t`No run out of turn`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  const known = !Number.isNaN(Date.parse(at));
  return (
    <Dialog open onClose={onClose} title={<Trans>Run it once more</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (known) ask.mutate();
        }}
      >
        <TextField
          label={t`At`}
          type="datetime-local"
          hint={t`Five minutes to a day ahead, by your own clock. What is planned stays as it is.`}
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={ask.isPending} disabled={!known}>
            <Trans>Run it then</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
