import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { patch } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal, TextArea, TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { extraColumns, type Client } from "../types";
import { ClientAccess } from "./client-access";
import { ExtraColumnFields, wrongName } from "./extra-column-fields";
import { clientPath } from "./use-client";
import { knownZone } from "./zones";

/** Whether a client is worked with, its zone, its brands and what its results hold besides. */
export function ClientSettings({ client, onClose }: { client: Client; onClose: () => void }) {
  const [active, setActive] = useState(client.active);
  const [zone, setZone] = useState(client.time_zone);
  const [brands, setBrands] = useState(client.brands.join("\n"));
  const [extra, setExtra] = useState(client.extra_columns);
  const [sandbox, setSandbox] = useState(client.is_sandbox);
  const [refusal, setRefusal] = useState<string>();
  const save = useAct({
    work: () => {
      const lines = brands.split("\n").map((line) => line.trim());
      const body = { active, time_zone: zone, brands: [...new Set(lines.filter((line) => line !== ""))], extra_columns: extra, is_sandbox: sandbox };
      return patch<Client>(`${clientPath}/${client.id}`, body, { version: client.version });
    },
    refresh: [[clientPath]],
    done: () => t`${client.name} is set up`,
    refused: t`The client stays as it was`,
    onDone: onClose,
    onRefused: (problem) =>
      setRefusal(
        problem.status === 412 ? t`Somebody else changed this client meanwhile. Close this and look again.` : problem.said,
      ),
  });
  const wrong = knownZone(zone) ? {} : { error: t`There is no such zone` };
  return (
    <Dialog open onClose={onClose} title={<Trans>Set up {client.name}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <Checkbox
          checked={active}
          onChange={setActive}
          label={<Trans>We work with this client</Trans>}
          hint={<Trans>An inactive client keeps its runs and leaves the pickers.</Trans>}
        />
        <TextField
          label={t`Time zone of its windows`}
          hint={t`An IANA name, e.g. Europe/Berlin.`}
          value={zone}
          onChange={(event) => setZone(event.target.value)}
          {...wrong}
        />
        <TextArea
          label={t`Brands`}
          hint={t`One a line.`}
          rows={5}
          value={brands}
          onChange={(event) => setBrands(event.target.value)}
        />
        {!client.connection.is_twin && (
          <Checkbox
            checked={sandbox}
            onChange={setSandbox}
            label={<Trans>This is an AMC sandbox</Trans>}
            hint={<Trans>Amazon keeps made-up data there. Every run then asks for them; elsewhere Amazon has none.</Trans>}
          />
        )}
        <ExtraColumnFields columns={extra} onChange={setExtra} />
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={save.isPending} disabled={!knownZone(zone) || extraColumns.some((which) => wrongName(extra, which) !== undefined)}>
            <Trans>Save</Trans>
          </Button>
        </DialogActions>
      </form>
      <ClientAccess client={client} />
    </Dialog>
  );
}
