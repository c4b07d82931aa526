import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";

import { asProblem } from "@/kernel/problem";
import { Button } from "@/ui/button";
import { FormRefusal } from "@/ui/field";

import { confirmWithPasskey } from "../passkeys";

export function ByPasskey({ onDone }: { onDone: () => void }) {
  const confirm = useMutation({ mutationFn: confirmWithPasskey, onSuccess: onDone });
  return (
    <div className="flex flex-col gap-13">
      <FormRefusal message={confirm.isError ? asProblem(confirm.error).said : undefined} />
      <Button
        tone="primary"
        size="normal"
        busy={confirm.isPending}
        icon={<KeyRound size={16} aria-hidden />}
        onClick={() => confirm.mutate()}
      >
        <Trans>Use a passkey</Trans>
      </Button>
    </div>
  );
}
