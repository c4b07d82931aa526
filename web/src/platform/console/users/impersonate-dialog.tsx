import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { ShieldAlert } from "lucide-react";
import { useState } from "react";

import type { SignedIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import type { Problem } from "@/kernel/problem";
import { acceptImpersonation } from "@/kernel/session";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

export interface Impersonated {
  userId: string;
  name: string;
  tenants: { id: string; name: string }[];
}

const leastReason = 10;

/** Acting in a person's name: in one tenant, with a reason, for an hour at most; they get a mail. */
export function ImpersonateDialog({ person, onClose }: { person: Impersonated; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<"15" | "30" | "60">("30");
  const [tenantId, setTenantId] = useState(person.tenants[0]?.id ?? "");
  const [problem, setProblem] = useState<Problem | null>(null);
  const navigate = useNavigate();
  const begin = useAct({
    work: () =>
      post<SignedIn>(`/admin/users/${person.userId}/impersonate`, {
        tenant_id: tenantId,
        reason: reason.trim(),
        minutes: Number(minutes),
      }),
    refresh: [],
    refused: t`You do not act as ${person.name}`,
    onDone: (signIn) => {
      acceptImpersonation(signIn);
      void navigate({ to: "/" });
    },
    onRefused: setProblem,
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Act as {person.name}</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <p className="flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-12 text-ink">
          <ShieldAlert size={16} aria-hidden className="mt-1 shrink-0" />
          <Trans>They are told by mail, and everything you do is logged under both names.</Trans>
        </p>
        <TextArea
          label={t`Reason`}
          hint={t`At least ten characters; the person reads it. A ticket number helps.`}
          autoFocus
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <div className="grid gap-21 sm:grid-cols-2">
          <Field label={t`In`}>
            {({ id }) => (
              <Select
                id={id}
                value={tenantId}
                choices={person.tenants.map((tenant) => ({ value: tenant.id, label: tenant.name }))}
                onChange={setTenantId}
              />
            )}
          </Field>
          <Field label={t`For`}>
            {({ id }) => (
              <Select
                id={id}
                value={minutes}
                choices={[
                  { value: "15", label: t`15 minutes` },
                  { value: "30", label: t`30 minutes` },
                  { value: "60", label: t`60 minutes` },
                ]}
                onChange={setMinutes}
              />
            )}
          </Field>
        </div>
        <FormRefusal message={problem?.said} />
        <DialogActions>
          <Button
            tone="primary"
            size="normal"
            type="submit"
            busy={begin.isPending}
            disabled={reason.trim().length < leastReason || tenantId === ""}
          >
            <Plural value={Number(minutes)} one="Begin for # minute" other="Begin for # minutes" />
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
