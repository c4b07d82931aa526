import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Grant } from "../types";
import { GrantsEditor } from "./grants-editor";
import type { AdminKeyMade } from "./key-types";

type Kind = "short" | "standard" | "long";

/** Asks what the program may do and for how long, then shows the key, this once. */
export function AdminKeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<Kind>("standard");
  const [grants, setGrants] = useState<Grant[]>([]);
  const [made, setMade] = useState<AdminKeyMade | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const make = useAct({
    work: () => post<AdminKeyMade>("/admin/keys", { name: name.trim(), kind, grants }),
    refresh: [["/admin/keys"]],
    refused: t`No key was made`,
    onDone: setMade,
    onRefused: setProblem,
  });
  if (made !== null) return <Shown made={made} onClose={onClose} />;
  return (
    <Dialog open wide onClose={onClose} title={<Trans>Make an admin API key</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className="grid gap-21 sm:grid-cols-2">
          <TextField
            label={t`Name`}
            autoFocus
            maxLength={100}
            hint={t`The program it is for.`}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          <Field label={t`Ends after`} hint={t`Nothing makes it longer: a new key takes its place.`}>
            {({ id }) => (
              <Select<Kind>
                id={id}
                value={kind}
                choices={[
                  { value: "short", label: t`30 days` },
                  { value: "standard", label: t`90 days` },
                  { value: "long", label: t`365 days` },
                ]}
                onChange={setKind}
              />
            )}
          </Field>
        </div>
        <GrantsEditor grants={grants} onChange={setGrants} />
        <FormRefusal message={problem === null ? undefined : (problem.errors[0]?.hint ?? problem.said)} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={make.isPending}
            disabled={name.trim() === "" || grants.length === 0}
          >
            <Trans>Make the key</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}

function Shown({ made, onClose }: { made: AdminKeyMade; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={<Trans>The key, this once</Trans>}>
      <p className="text-16 text-pretty">
        <Trans>
          Send it as the header X-Admin-Key. It works until {formatInstant(made.expires_at)}; only its hash is kept here.
        </Trans>
      </p>
      <p className="mt-13 rounded-5 bg-sunken p-13">
        <code className="mb-5 block font-mono text-16 break-all">{made.key}</code>
        <CopyId value={made.key} />
      </p>
      <DialogActions>
        <Button tone="primary" size="normal" onClick={onClose}>
          <Trans>I have copied it</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
