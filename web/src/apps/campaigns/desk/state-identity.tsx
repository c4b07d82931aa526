import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { VerifiedSupplier } from "./verification-types";

type Verdict = "verified" | "refused";

/** What was found out about a supplier, how, and until when it holds. The newest word stands. */
export function StateIdentity({ supplier, onClose }: { supplier: VerifiedSupplier; onClose: () => void }) {
  const [verdict, setVerdict] = useState<Verdict>("verified");
  const [basis, setBasis] = useState("");
  const [until, setUntil] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const name = supplier.supplier_name ?? t`this supplier`;
  const ready = basis.trim() !== "";
  const say = useAct({
    work: () => {
      const body = { verdict, basis: basis.trim(), valid_until: verdict === "verified" && until !== "" ? until : null };
      return post(`/supplier-verifications/${supplier.supplier_id}`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/supplier-verifications"], ["/campaign-payouts"]],
    done: () => (verdict === "verified" ? t`${name} is verified` : t`${name} is not accepted`),
    refused: t`Nothing was noted`,
    onDone: onClose,
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Who is {name}?</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) say.mutate();
        }}
      >
        <p className="text-16 text-pretty">
          <Trans>
            Once verified, releases to {name} go on as the rules say. Not accepted, escrow stays where it is; what the provider was told before is not called
            back.
          </Trans>
        </p>
        <Field label={t`What you found`}>
          {({ id }) => (
            <Select<Verdict>
              id={id}
              value={verdict}
              choices={[
                { value: "verified", label: t`Verified` },
                { value: "refused", label: t`Not accepted` },
              ]}
              onChange={setVerdict}
            />
          )}
        </Field>
        <TextArea
          label={t`How you looked at it`}
          maxLength={2000}
          hint={t`For example the extract of a register and its date. No copies of papers.`}
          value={basis}
          onChange={(event) => setBasis(event.target.value)}
        />
        {verdict === "verified" && (
          <TextField
            label={t`Last day it holds`}
            hint={t`Left empty it holds until somebody says otherwise.`}
            type="date"
            value={until}
            onChange={(event) => setUntil(event.target.value)}
          />
        )}
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Cancel</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={say.isPending} disabled={!ready}>
            <Trans>Note it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
