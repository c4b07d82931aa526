import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { ArrowRightLeft, Pencil, ScrollText } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { post } from "@/kernel/client";
import { useCommands, type Command } from "@/kernel/commands";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import type { TenantRecord } from "../types";
import { useMay } from "../use-access";
import { Maintenance } from "./maintenance";
import { noteMove } from "./moves";

const TenantDialog = lazy(() => import("./tenant-dialog").then((file) => ({ default: file.TenantDialog })));

type Open = "edit" | "suspend" | "move" | null;

/** The verbs that this state and this operator's rights allow. */
export function TenantActions({ tenant }: { tenant: TenantRecord }) {
  const [open, setOpen] = useState<Open>(null);
  const [reason, setReason] = useState("");
  const may = useMay();
  const navigate = useNavigate();
  const close = () => setOpen(null);
  const change = useAct({
    work: (verb: "suspend" | "activate") => post(`/admin/tenants/${tenant.id}/${verb}`, verb === "suspend" ? { reason: reason.trim() } : undefined),
    refresh: [["/admin/tenants"]],
    done: (_, verb) => (verb === "activate" ? t`${tenant.name} is active` : t`${tenant.name} is suspended`),
    refused: t`${tenant.name} stays as it was`,
    onDone: close,
    onRefused: close,
  });
  const target = tenant.placement === "dedicated" ? "pooled" : "dedicated";
  const move = useAct({
    work: async () => {
      await post(`/admin/tenants/${tenant.id}/move`, { to: target });
      noteMove(tenant.id, target);
    },
    refresh: [["/admin/tenants"]],
    done: () => t`The move of ${tenant.name} is asked for`,
    refused: t`${tenant.name} stays where it is`,
    onDone: close,
    onRefused: close,
  });
  const active = tenant.state === "active";
  const verbs: Command[] = [];
  const group = tenant.name;
  if (may("tenants:write")) {
    verbs.push({ id: "edit", label: t`Edit`, key: "e", group, run: () => setOpen("edit") });
    if (active) verbs.push({ id: "suspend", label: t`Suspend`, group, run: () => setOpen("suspend") });
    if (tenant.state === "suspended") {
      verbs.push({ id: "activate", label: t`Activate`, group, run: () => change.mutate("activate") });
    }
  }
  const mayMove = may("tenants:move") && (active || tenant.state === "suspended");
  const moveWords = target === "dedicated" ? t`Move to its own database` : t`Move to the shared database`;
  if (mayMove) verbs.push({ id: "move", label: moveWords, group, run: () => setOpen("move") });
  if (may("audit:read")) {
    verbs.push({
      id: "log",
      label: t`Audit log of this tenant`,
      group,
      run: () => void navigate({ to: "/console/audit", search: { tenant_id: tenant.id } }),
    });
  }
  if (may("jobs:read")) {
    verbs.push({
      id: "jobs",
      label: t`Jobs of this tenant that gave up`,
      group,
      run: () => void navigate({ to: "/console/jobs", search: { tenant_id: tenant.id } }),
    });
  }
  useCommands("console-tenant", verbs);
  return (
    <>
      {may("audit:read") && (
        <Button
          icon={<ScrollText size={13} aria-hidden />}
          onClick={() => void navigate({ to: "/console/audit", search: { tenant_id: tenant.id } })}
        >
          <Trans>Audit log</Trans>
        </Button>
      )}
      {mayMove && (
        <Button icon={<ArrowRightLeft size={13} aria-hidden />} onClick={() => setOpen("move")}>
          <Trans>Move</Trans>
        </Button>
      )}
      <Maintenance tenant={tenant} />
      {may("tenants:write") && (
        <>
          {active && (
            <Button tone="danger" onClick={() => setOpen("suspend")}>
              <Trans>Suspend</Trans>
            </Button>
          )}
          {tenant.state === "suspended" && (
            <Button tone="primary" busy={change.isPending} onClick={() => change.mutate("activate")}>
              <Trans>Activate</Trans>
            </Button>
          )}
          <Button shortcut="e" icon={<Pencil size={13} aria-hidden />} onClick={() => setOpen("edit")}>
            <Trans>Edit</Trans>
          </Button>
        </>
      )}
      {open === "edit" && (
        <Suspense>
          <TenantDialog tenant={tenant} onClose={close} />
        </Suspense>
      )}
      <Dialog open={open === "suspend"} onClose={close} title={<Trans>Suspend {tenant.name}</Trans>}>
        <p className="text-16">
          <Trans>
            Nobody of this tenant gets in, and none of its API keys works, until it is activated again. Nothing is
            deleted.
          </Trans>
        </p>
        <TextField
          className="mt-13"
          label={t`Reason`}
          hint={t`Its people read it when they are refused, and it stands in the audit log.`}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <DialogActions>
          <Button size="normal" onClick={close}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="danger" size="normal" busy={change.isPending} disabled={reason.trim() === ""} onClick={() => change.mutate("suspend")}>
            <Trans>Suspend</Trans>
          </Button>
        </DialogActions>
      </Dialog>
      <Dialog open={open === "move"} onClose={close} title={moveWords}>
        <p className="text-16">
          <Trans>
            A worker copies every row, compares both sides and switches over. Meanwhile the tenant can be read; its writes
            are refused with a request to try again.
          </Trans>
        </p>
        <DialogActions>
          <Button size="normal" onClick={close}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" busy={move.isPending} onClick={() => move.mutate()}>
            <Trans>Move</Trans>
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
