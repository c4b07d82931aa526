import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { ApiKey, Application, Page } from "@/kernel/api-types";
import { get, post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import type { Problem } from "@/kernel/problem";
import { fromLocalField } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { inGroups, usePermissions } from "./use-permissions";

interface KeyDialogProps {
  onClose: () => void;
  onMade: (value: string) => void;
}

const blank = { name: "", kind: "standard", application: "", expires: "", addresses: "" };

/** The chosen application, or one made on the way for an organisation that has none yet. */
async function applicationFor(chosen: string, name: string): Promise<string> {
  if (chosen !== "") return chosen;
  return (await post<Application>("/applications", { name })).id;
}

export function KeyDialog({ onClose, onMade }: KeyDialogProps) {
  const [values, setValues] = useState(blank);
  const [scopes, setScopes] = useState<string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (change: Partial<typeof blank>) => setValues({ ...values, ...change });
  const applications = useQuery({
    queryKey: ["/applications"],
    queryFn: ({ signal }) => get<Page<Application>>("/applications", { signal }),
  });
  const choices = (applications.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const application = values.application === "" ? (choices[0]?.value ?? "") : values.application;
  const make = useAct({
    work: async () =>
      post<ApiKey & { key: string }>("/api-keys", {
        name: values.name.trim(),
        application_id: await applicationFor(application, values.name.trim()),
        kind: values.kind,
        scopes,
        ...(values.expires === "" ? {} : { expires_at: fromLocalField(values.expires) }),
        ip_allow_list: values.addresses.split(/[\s,]+/).filter((part) => part !== ""),
      }),
    refresh: [["/api-keys"], ["/applications"]],
    refused: t`No key was made`,
    onDone: (made) => onMade(made.key),
    onRefused: setProblem,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>New API key</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextField label={t`Name`} autoFocus value={values.name} onChange={(event) => set({ name: event.target.value })} />
        {choices.length > 0 && (
          <Field label={t`Application`}>
            {({ id }) => (
              <Select id={id} value={application} choices={choices} onChange={(next) => set({ application: next })} />
            )}
          </Field>
        )}
        <Field label={t`Kind`}>
          {({ id }) => (
            <Select
              id={id}
              value={values.kind}
              choices={[
                { value: "standard", label: t`Standard` },
                { value: "short", label: t`Short-lived` },
                { value: "long", label: t`Long-lived` },
              ]}
              onChange={(kind) => set({ kind })}
            />
          )}
        </Field>
        <fieldset className="flex flex-col gap-13">
          <legend className="mb-8 text-12 font-medium">
            <Trans>Scopes: what it may do</Trans>
          </legend>
          <Scopes chosen={scopes} onChange={setScopes} />
        </fieldset>
        <TextField
          label={t`Ends`}
          optional={t`optional`}
          type="datetime-local"
          value={values.expires}
          onChange={(event) => set({ expires: event.target.value })}
        />
        <TextArea
          label={t`Addresses it may come from`}
          optional={t`optional`}
          hint={t`One address or range a line, e.g. 192.0.2.0/24.`}
          value={values.addresses}
          onChange={(event) => set({ addresses: event.target.value })}
        />
        <FormRefusal message={problem?.said} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={make.isPending}
            disabled={values.name.trim() === "" || scopes.length === 0}
          >
            <Trans>Make key</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

interface ScopesProps {
  chosen: readonly string[];
  onChange: (names: string[]) => void;
}

/** What this person may do, and so may let a key do, in the sentences that roles are made of. */
function Scopes({ chosen, onChange }: ScopesProps) {
  const me = useMe();
  const { data } = usePermissions();
  const known = new Map(data?.items.map((each) => [each.name, each]));
  const held = (me?.permissions ?? []).map(
    (name) => known.get(name) ?? { name, description: name, module: name.split(":")[0] ?? name },
  );
  return inGroups(held).map(({ module, items }) => (
    <div key={module} role="group" aria-label={module} className="flex flex-col gap-8">
      <p aria-hidden className="label font-semibold">
        {module}
      </p>
      {items.map(({ name, description }) => (
        <Checkbox
          key={name}
          checked={chosen.includes(name)}
          onChange={(on) => onChange(on ? [...chosen, name] : chosen.filter((other) => other !== name))}
          label={description}
          hint={<code className="font-mono">{name}</code>}
        />
      ))}
    </div>
  ));
}
