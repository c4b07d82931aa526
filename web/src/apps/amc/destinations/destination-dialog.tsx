import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { patch, post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { DestinationFields } from "./destination-fields";
import { SavedDestination } from "./saved-destination";
import { firstSettings, keptSettings, toSettings, type Typed } from "./settings";
import type { Destination, DestinationKind } from "./types";
import { destinationPath } from "./use-trial";
import { kindWord } from "./words";

const kinds: DestinationKind[] = ["postgresql", "folder", "s3"];

interface DestinationDialogProps {
  /** The one that is changed; null adds one. */
  destination: Destination | null;
  onSaved?: (saved: Destination) => void;
  onClose: () => void;
}

/** A destination is written down, saved, and then tried before anybody relies on it. */
export function DestinationDialog({ destination, onSaved, onClose }: DestinationDialogProps) {
  const [before, setBefore] = useState(destination);
  const [saved, setSaved] = useState(false);
  const title = before === null ? <Trans>Add a destination</Trans> : saved ? <Trans>{before.name} is saved</Trans> : <Trans>Change {before.name}</Trans>;
  return (
    <Dialog open onClose={onClose} wide title={title}>
      {saved && before !== null ? (
        <SavedDestination destination={before} onChange={() => setSaved(false)} onClose={onClose} />
      ) : (
        <DestinationForm
          before={before}
          onClose={onClose}
          onSaved={(made) => {
            setBefore(made);
            setSaved(true);
            onSaved?.(made);
          }}
        />
      )}
    </Dialog>
  );
}

interface DestinationFormProps {
  before: Destination | null;
  onSaved: (saved: Destination) => void;
  onClose: () => void;
}

/** A name, a kind and what that kind needs; its password or key is sealed and never shown again. */
function DestinationForm({ before, onSaved, onClose }: DestinationFormProps) {
  const attempt = useAttempt();
  const [name, setName] = useState(before?.name ?? "");
  const [kind, setKind] = useState<DestinationKind>(before?.kind ?? "postgresql");
  const [typed, setTyped] = useState<Typed>(() => (before === null ? firstSettings("postgresql") : keptSettings(before)));
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [refusal, setRefusal] = useState<string>();
  const save = useAct({
    work: () => {
      const body = { name: name.trim(), settings: toSettings(kind, typed) };
      if (before !== null) return patch<Destination>(`${destinationPath}/${before.id}`, body, { version: before.version });
      const whole = { ...body, kind };
      return post<Destination>(destinationPath, whole, { idempotencyKey: attempt.key(whole) });
    },
    refresh: [[destinationPath]],
    refused: before === null ? t`Nothing was added` : t`The destination stays as it was`,
    onDone: onSaved,
    onRefused: (problem) => {
      attempt.refused(problem);
      const named = problem.errors.map(({ field, hint }) => [field.split(".").at(-1) ?? "", hint] as const);
      setErrors(Object.fromEntries(named));
      setRefusal(problem.status === 412 ? t`Somebody else changed it meanwhile. Close this and look again.` : (problem.errors[0]?.hint ?? problem.said));
    },
  });
  return (
    <form
      noValidate
      className="flex flex-col gap-21"
      onSubmit={(event) => {
        event.preventDefault();
        // The dialog may have been opened in another form, which is not sent with it.
        event.stopPropagation();
        save.mutate();
      }}
    >
      <TextField label={t`Name`} autoFocus maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
      {before === null && (
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
      )}
      <DestinationFields kind={kind} typed={typed} errors={errors} sealed={before !== null} onChange={setTyped} />
      <FormRefusal message={refusal} />
      <DialogActions>
        <Button size="normal" onClick={onClose}>
          <Trans>Leave it</Trans>
        </Button>
        <Button tone="primary" size="normal" type="submit" busy={save.isPending} disabled={name.trim() === ""}>
          {before === null ? <Trans>Add it</Trans> : <Trans>Save</Trans>}
        </Button>
      </DialogActions>
    </form>
  );
}
