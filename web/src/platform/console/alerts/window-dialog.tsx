import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import type { Page } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { fromLocalField, toLocalField } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { usePolled } from "../dashboard/use-status";
import type { AlertRule } from "../status-types";

const hourMs = 3_600_000;
const inMs = (ms: number) => toLocalField(new Date(Date.now() + ms).toISOString());

export function WindowDialog({ onClose }: { onClose: () => void }) {
  const rules = usePolled<Page<AlertRule>>("/admin/alert-rules");
  const [title, setTitle] = useState("");
  const [from, setFrom] = useState(() => inMs(0));
  const [to, setTo] = useState(() => inMs(hourMs));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const save = useAct({
    work: () =>
      post("/admin/maintenance-windows", {
        title: title.trim(),
        starts_at: fromLocalField(from),
        ends_at: fromLocalField(to),
        rules: chosen.length === 0 ? null : chosen,
      }),
    refresh: [["/admin/maintenance-windows"]],
    done: () => t`${title.trim()} is planned`,
    refused: t`No window was planned`,
    onDone: onClose,
    onRefused: setProblem,
  });
  const said = (field: string) => problem?.errors.find((error) => error.field === `body.${field}`)?.hint;
  const missing = title.trim() === "" || from === "" || to === "";
  return (
    <Dialog open onClose={onClose} title={<Trans>Plan a window of maintenance</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (!missing) save.mutate();
        }}
      >
        <TextField label={t`What is done`} error={said("title")} value={title} onChange={(event) => setTitle(event.target.value)} />
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField
            type="datetime-local"
            label={t`From`}
            error={said("starts_at")}
            value={from}
            onChange={(event) => setFrom(event.target.value)}
          />
          <TextField
            type="datetime-local"
            label={t`To`}
            error={said("ends_at")}
            value={to}
            onChange={(event) => setTo(event.target.value)}
          />
        </div>
        <fieldset>
          <legend className="mb-8 text-12 font-medium">
            <Trans>Only these alerts; none chosen means all</Trans>
          </legend>
          <div className="grid gap-8 sm:grid-cols-2">
            {(rules.data?.items ?? []).map((rule) => (
              <Checkbox
                key={rule.name}
                label={rule.title}
                checked={chosen.includes(rule.name)}
                onChange={(on) => setChosen(on ? [...chosen, rule.name] : chosen.filter((name) => name !== rule.name))}
              />
            ))}
          </div>
        </fieldset>
        <FormRefusal message={problem === null || problem.errors.length > 0 ? undefined : problem.said} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending} disabled={missing}>
            <Trans>Plan it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
