import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { DestinationFields } from "./destination-fields";
import { firstSettings, toSettings, type Typed } from "./settings";
import type { Destination, DestinationKind } from "./types";
import { kindWord } from "./words";

const kinds: DestinationKind[] = ["postgresql", "folder", "s3"];

/** A name, a kind and what that kind needs; its password or key is sealed and never shown again. */
export function DestinationDialog({ onClose }: { onClose: () => void }) {
  const attempt = useAttempt();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<DestinationKind>("postgresql");
  const [typed, setTyped] = useState<Typed>(firstSettings("postgresql"));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string>();
  const add = useAct({
    work: () => {
      const body = { name: name.trim(), kind, settings: toSettings(kind, typed) };
      return post<Destination>("/amc/destinations", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/amc/destinations"]],
    done: (made) => t`${made.name} takes results from now on`,
    refused: t`Nothing was added`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      const named = problem.errors.map(({ field, hint }) => [field.split(".").at(-1) ?? "", hint] as const);
      setErrors(Object.fromEntries(named));
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} wide title={<Trans>Add a destination</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <TextField label={t`Name`} autoFocus maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
        <Field label={t`Kind`}>
          {({ id }) => (
            <Select<DestinationKind>
              id={id}
              value={kind}
              choices={kinds.map((value) => ({ value, label: kindWord(value) }))}
              onChange={(next) => {
                setKind(next);
                setTyped(firstSettings(next));
                setErrors({});
              }}
            />
          )}
        </Field>
        <DestinationFields kind={kind} typed={typed} errors={errors} onChange={setTyped} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={add.isPending} disabled={name.trim() === ""}>
            <Trans>Add it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
