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

import type { Connection } from "../types";
import { regions, regionWord } from "../words";
import { toAmazon } from "./to-amazon";

/** Names the connection and its region, then leaves for Amazon to sign in. */
export function ConnectDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState("");
  const [region, setRegion] = useState("na");
  const [refusal, setRefusal] = useState<string>();
  const attempt = useAttempt();
  const connect = useAct({
    work: () => {
      const body = { name: name.trim(), region };
      return post<Connection & { authorization_url: string }>("/amc/connections", body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/amc/connections"]],
    refused: t`Nothing was connected`,
    onDone: ({ authorization_url }) => toAmazon(authorization_url),
    onRefused: (problem) => {
      attempt.refused(problem);
      setRefusal(problem.errors[0]?.hint ?? problem.said);
    },
  });
  return (
    <Dialog open onClose={onClose} title={<Trans>Connect an Amazon account</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") connect.mutate();
        }}
      >
        <TextField
          label={t`Name`}
          hint={t`How your people know this sign-in, e.g. Agency EU.`}
          autoFocus
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field label={t`Region`} hint={t`Where the account advertises. Its sign-in page is Amazon's own.`}>
          {({ id }) => (
            <Select
              id={id}
              value={region}
              choices={regions.map((value) => ({ value, label: regionWord(value) }))}
              onChange={setRegion}
            />
          )}
        </Field>
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={connect.isPending} disabled={name.trim() === ""}>
            <Trans>Sign in with Amazon</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
