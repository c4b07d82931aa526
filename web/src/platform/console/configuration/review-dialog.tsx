import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Page } from "@/kernel/api-types";
import { patch, post } from "@/kernel/client";
import { asProblem, type Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { RowsSkeleton } from "@/ui/skeleton";
import { useAct } from "@/ui/use-act";

import type { Config, ConfigChange, ConfigValue } from "../types";
import { ChangeList } from "./change-list";

export interface Wanted {
  changes: Record<string, ConfigValue>;
  back_to_start: string[];
}

interface ReviewDialogProps {
  config: Config;
  wanted: Wanted;
  onClose: () => void;
  onSaved: () => void;
}

/** The difference as the server sees it; nothing is saved before it was seen. */
export function ReviewDialog({ config, wanted, onClose, onSaved }: ReviewDialogProps) {
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const found = useQuery({
    queryKey: ["/admin/configuration/difference", wanted, config.version],
    queryFn: () => post<Page<ConfigChange>>("/admin/configuration/difference", wanted),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const save = useAct({
    work: () => patch("/admin/configuration", { ...wanted, reason }, { version: config.version }),
    refresh: [["/admin/configuration"], ["/admin/configuration/versions"]],
    done: () => t`The configuration is saved`,
    refused: t`The configuration stays as it was`,
    onDone: onSaved,
    onRefused: setProblem,
  });
  const refusal = problem ?? (found.error === null ? null : asProblem(found.error));
  const titles = new Map(
    config.items.flatMap(({ name, title }) => [
      [`body.changes.${name}`, title],
      [`body.back_to_start.${name}`, title],
    ]),
  );
  const items = found.data?.items ?? [];
  return (
    <Dialog open onClose={onClose} title={<Trans>What changes</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {found.isPending ? <RowsSkeleton rows={2} /> : <ChangeList changes={items} items={config.items} />}
        {refusal !== null && refusal.errors.length > 0 && (
          <ul role="alert" className="text-16 text-bad">
            {refusal.errors.map((error) => (
              <li key={error.field}>
                {titles.get(error.field) ?? error.field}: {error.hint}
              </li>
            ))}
          </ul>
        )}
        <FormRefusal message={refusal === null || refusal.errors.length > 0 ? undefined : refusal.said} />
        <TextField label={t`Why`} optional={t`optional`} value={reason} maxLength={500} onChange={(event) => setReason(event.target.value)} />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending} disabled={items.length === 0}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
