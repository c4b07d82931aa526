import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Confirmation, WayToConfirm } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { Dialog } from "@/ui/dialog";
import { Skeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { textLink } from "../entry-form";
import { passkeysWork } from "../passkeys";
import { ByMail } from "./by-mail";
import { ByPasskey } from "./by-passkey";
import { ByPassword } from "./by-password";

interface ConfirmDialogProps {
  onEnd: (confirmed: boolean) => void;
}

/** Comes up over whatever is open; what was asked for goes on by itself afterwards. */
export default function ConfirmDialog({ onEnd }: ConfirmDialogProps) {
  const found = useQuery({
    queryKey: ["/auth/confirmation"],
    queryFn: ({ signal }) => get<Confirmation>("/auth/confirmation", { signal }),
    gcTime: 0,
    staleTime: 0,
  });
  return (
    <Dialog open over onClose={() => onEnd(false)} title={<Trans>Confirm that it is you</Trans>}>
      <p className="mb-21 text-16 text-pretty text-muted">
        <Trans>
          You signed in a while ago, and this changes how you sign in. Show once more that it is you; what you were doing then
          goes on by itself.
        </Trans>
      </p>
      {found.isPending && <Skeleton className="h-89" />}
      {found.isError && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && <Ways {...found.data} onDone={() => onEnd(true)} />}
    </Dialog>
  );
}

function Ways({ ways, wants_code, onDone }: Confirmation & { onDone: () => void }) {
  const possible = ways.filter((way) => way !== "passkey" || passkeysWork());
  const [way, setWay] = useState<WayToConfirm>(possible[0] ?? "mail");
  const names: Record<WayToConfirm, string> = {
    passkey: t`Use a passkey instead`,
    password: t`Use your password instead`,
    mail: t`Use a mailed code instead`,
  };
  return (
    <>
      {way === "passkey" && <ByPasskey onDone={onDone} />}
      {way === "password" && <ByPassword wantsCode={wants_code} onDone={onDone} />}
      {way === "mail" && <ByMail wantsCode={wants_code} onDone={onDone} />}
      {possible.length > 1 && (
        <p className="mt-21 flex flex-wrap gap-x-21 gap-y-8 border-t border-line pt-13 text-12">
          {possible
            .filter((other) => other !== way)
            .map((other) => (
              <button key={other} type="button" className={textLink} onClick={() => setWay(other)}>
                {names[other]}
              </button>
            ))}
        </p>
      )}
    </>
  );
}
