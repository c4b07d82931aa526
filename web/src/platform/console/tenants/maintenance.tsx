import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { TenantRecord } from "../types";
import { useMay } from "../use-access";

/** Its people wait outside, and read why, until an operator ends it. */
export function Maintenance({ tenant }: { tenant: TenantRecord }) {
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const may = useMay();
  const close = () => setOpen(false);
  const act = useAct({
    work: (verb: "begin" | "end") =>
      verb === "begin"
        ? post(`/admin/tenants/${tenant.id}/maintenance`, { note: note.trim() })
        : post(`/admin/tenants/${tenant.id}/maintenance/end`),
    refresh: [["/admin/tenants"]],
    done: (_, verb) => (verb === "begin" ? t`${tenant.name} is under maintenance` : t`${tenant.name} is open again`),
    refused: t`${tenant.name} stays as it was`,
    onDone: close,
    onRefused: close,
  });
  const ending = tenant.maintenance_note !== null;
  const shown = may("tenants:write") && (ending || tenant.state === "active");
  const run = () => (ending ? act.mutate("end") : setOpen(true));
  useCommands(
    "console-tenant-maintenance",
    shown ? [{ id: "maintenance", label: ending ? t`End maintenance` : t`Begin maintenance`, group: tenant.name, run }] : [],
  );
  if (!shown) return null;
  return (
    <>
      <Button tone={ending ? "primary" : "plain"} busy={ending && act.isPending} onClick={run}>
        {ending ? <Trans>End maintenance</Trans> : <Trans>Maintenance</Trans>}
      </Button>
      <Dialog open={open} onClose={close} title={<Trans>Maintenance of {tenant.name}</Trans>}>
        <p className="text-16">
          <Trans>
            Its people and API keys are asked to come back later, until you end it. Operators acting for somebody get in;
            jobs, deadlines and payments go on.
          </Trans>
        </p>
        <TextField
          className="mt-13"
          label={t`What is done`}
          hint={t`Its people read it while they wait, and it stands in the audit log.`}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        <DialogActions>
          <Button size="normal" onClick={close}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" busy={act.isPending} disabled={note.trim() === ""} onClick={() => act.mutate("begin")}>
            <Trans>Begin</Trans>
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
