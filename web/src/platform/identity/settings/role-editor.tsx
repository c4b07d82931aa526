import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import type { Role } from "@/kernel/api-types";
import { patch, post } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { asProblem, type Problem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextField } from "@/ui/field";
import { Loading, Skeleton } from "@/ui/skeleton";
import { useAct } from "@/ui/use-act";

import { roleWords } from "./role-words";
import { inGroups, usePermissions } from "./use-permissions";

interface RoleEditorProps {
  role: Role | null;
  onClose: () => void;
}

export function RoleEditor({ role, onClose }: RoleEditorProps) {
  const [name, setName] = useState(role?.name ?? "");
  const [description, setDescription] = useState(role?.description ?? "");
  const [chosen, setChosen] = useState(role?.permissions ?? []);
  const [problem, setProblem] = useState<Problem | null>(null);
  const fixed = role?.is_system === true;
  const save = useAct({
    work: () => {
      const body = { name: name.trim(), description: description.trim(), permissions: chosen };
      if (role === null) return post("/roles", body);
      return patch(`/roles/${role.id}`, body, { version: role.version });
    },
    refresh: [["/roles"], ["me"]],
    done: () => t`Role ${name} saved`,
    refused: t`The role was not saved`,
    onDone: onClose,
    onRefused: setProblem,
  });
  return (
    <Dialog open wide onClose={onClose} title={role === null ? <Trans>New role</Trans> : roleWords([role.name])}>
      <div className="flex flex-col gap-13 sm:flex-row">
        <TextField
          className="sm:w-1/3"
          label={t`Name`}
          value={name}
          disabled={fixed}
          maxLength={60}
          onChange={(event) => setName(event.target.value)}
        />
        <TextField
          className="flex-1"
          label={t`What it is for`}
          value={description}
          disabled={fixed}
          maxLength={200}
          onChange={(event) => setDescription(event.target.value)}
        />
      </div>
      <Permissions chosen={chosen} onChange={setChosen} fixed={fixed} />
      <FormRefusal message={problem?.said} />
      {!fixed && (
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            busy={save.isPending}
            disabled={name.trim() === ""}
            onClick={() => save.mutate()}
          >
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      )}
    </Dialog>
  );
}

interface PermissionsProps {
  chosen: readonly string[];
  onChange: (names: string[]) => void;
  fixed: boolean;
}

/** Lists what this person may grant: what the person holds, and what the role has already. */
function Permissions({ chosen, onChange, fixed }: PermissionsProps) {
  const me = useMe();
  const { data, error, isPending } = usePermissions();
  if (isPending) {
    return (
      <Loading>
        <Skeleton className="mt-21 h-144" />
      </Loading>
    );
  }
  if (error !== null) return <FormRefusal message={asProblem(error).said} />;
  const held = new Set(me?.permissions);
  const shown = data.items.filter((permission) => held.has(permission.name) || chosen.includes(permission.name));
  return (
    <div className="my-21 grid gap-21 sm:grid-cols-2">
      {inGroups(shown).map(({ module, items }) => (
        <fieldset key={module} className="flex flex-col gap-8">
          <legend className="mb-8 text-12 font-semibold">{module}</legend>
          {items.map(({ name, description }) => (
            <Checkbox
              key={name}
              disabled={fixed || !held.has(name)}
              checked={chosen.includes(name)}
              onChange={(on) => onChange(on ? [...chosen, name] : chosen.filter((other) => other !== name))}
              label={description}
              hint={<code className="font-mono">{name}</code>}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}
