import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { FormRefusal } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { erasures } from "./data-requests";

interface EraseDialogProps {
  /** Somebody else; without, it is oneself. */
  member?: { id: string; name: string };
  onClose: () => void;
}

/** Names the person and the effect before an erasure is asked for. */
export function EraseDialog({ member, onClose }: EraseDialogProps) {
  const [refusal, setRefusal] = useState<string>();
  const ask = useAct({
    work: () => post(erasures, member === undefined ? {} : { member_id: member.id }),
    refresh: [[erasures]],
    done: () => t`It waits some days and can be withdrawn until then`,
    refused: t`Nothing will be erased`,
    onDone: onClose,
    onRefused: ({ said }) => setRefusal(said),
  });
  const name = member?.name ?? "";
  return (
    <Dialog open onClose={onClose} title={member === undefined ? <Trans>Delete your account here</Trans> : <Trans>Erase the data of {name}</Trans>}>
      <p className="mb-13 text-16 text-pretty">
        {member === undefined ? (
          <Trans>
            You will no longer belong to this organisation, and what it keeps about you is erased. Records of money stay for as long as the law asks, without
            your name. If you are in no other organisation, your account ends.
          </Trans>
        ) : (
          <Trans>
            {name} will no longer belong to this organisation, and what it keeps about them is erased. Records of money stay for as long as the law asks,
            without their name. They are told by mail.
          </Trans>
        )}
      </p>
      <FormRefusal message={refusal} />
      <DialogActions>
        <Button onClick={onClose}>
          <Trans>Cancel</Trans>
        </Button>
        <Button tone="danger" busy={ask.isPending} onClick={() => ask.mutate()}>
          {member === undefined ? <Trans>Delete my account here</Trans> : <Trans>Erase</Trans>}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
