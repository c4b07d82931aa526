import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useState, type ReactNode } from "react";

import { post } from "@/kernel/client";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Dialog, DialogActions } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Section } from "@/ui/page";
import { Skeleton } from "@/ui/skeleton";
import { useAct } from "@/ui/use-act";

import { RecoveryCodes } from "./recovery-codes";

const QrCode = lazy(() => import("@/ui/qr-code").then((file) => ({ default: file.QrCode })));

interface Secret {
  secret: string;
  otpauth_uri: string;
}

export function TotpSection({ enabled }: { enabled: boolean }) {
  const [secret, setSecret] = useState<Secret | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const [removing, setRemoving] = useState(false);
  const start = useAct({
    work: () => post<Secret>("/auth/totp"),
    refresh: [],
    refused: t`The authenticator was not set up`,
    onDone: setSecret,
  });
  return (
    <Section
      title={<Trans>Authenticator</Trans>}
      hint={<Trans>A six-digit code of an app, asked for after a mailed link or a password.</Trans>}
      actions={
        enabled ? (
          <Button onClick={() => setRemoving(true)}>
            <Trans>Turn off</Trans>
          </Button>
        ) : (
          <Button busy={start.isPending} onClick={() => start.mutate()}>
            <Trans>Set up</Trans>
          </Button>
        )
      }
    >
      {enabled ? (
        <Badge tone="ok">
          <Trans>On</Trans>
        </Badge>
      ) : (
        <Badge tone="draft">
          <Trans>Off</Trans>
        </Badge>
      )}
      {secret !== null && (
        <SetUp
          secret={secret}
          onClose={() => setSecret(null)}
          onCodes={(given) => {
            setSecret(null);
            setCodes(given);
          }}
        />
      )}
      {codes !== null && <RecoveryCodes codes={codes} onClose={() => setCodes(null)} />}
      {removing && <TurnOff onClose={() => setRemoving(false)} />}
    </Section>
  );
}

interface SetUpProps {
  secret: Secret;
  onClose: () => void;
  onCodes: (codes: string[]) => void;
}

function SetUp({ secret, onClose, onCodes }: SetUpProps) {
  const confirm = useAct({
    work: (code: string) => post<{ recovery_codes: string[] }>("/auth/totp/confirm", { code }),
    refresh: [["me"]],
    refused: t`That code is not right`,
    onDone: ({ recovery_codes }) => onCodes(recovery_codes),
  });
  return (
    <CodeDialog
      title={t`Set up an authenticator`}
      send={t`Confirm`}
      busy={confirm.isPending}
      onClose={onClose}
      onCode={(code) => confirm.mutate(code)}
    >
      <p>
        <Trans>Point your authenticator at this code. Without a camera, type the secret or open the link on the device.</Trans>
      </p>
      <div className="flex justify-center">
        <Suspense fallback={<Skeleton className="size-[200px]" />}>
          <QrCode text={secret.otpauth_uri} label={t`QR code of the secret`} />
        </Suspense>
      </div>
      <p className="rounded-5 bg-sunken p-13 break-all">
        <CopyId value={secret.secret} full />
      </p>
      <p>
        <a href={secret.otpauth_uri} className="text-12 font-medium text-link underline underline-offset-2">
          <Trans>Open in an authenticator on this device</Trans>
        </a>
      </p>
    </CodeDialog>
  );
}

function TurnOff({ onClose }: { onClose: () => void }) {
  const off = useAct({
    work: (code: string) => post("/auth/totp/remove", { code }),
    refresh: [["me"]],
    done: () => t`Authenticator turned off`,
    refused: t`The authenticator stays on`,
    onDone: onClose,
  });
  return (
    <CodeDialog
      title={t`Turn off the authenticator`}
      send={t`Turn off`}
      busy={off.isPending}
      onClose={onClose}
      onCode={(code) => off.mutate(code)}
    />
  );
}

interface CodeDialogProps {
  title: string;
  send: string;
  busy: boolean;
  onClose: () => void;
  onCode: (code: string) => void;
  children?: ReactNode;
}

function CodeDialog({ title, send, busy, onClose, onCode, children }: CodeDialogProps) {
  const [code, setCode] = useState("");
  return (
    <Dialog open onClose={onClose} title={title}>
      <form
        className="flex flex-col gap-13"
        onSubmit={(event) => {
          event.preventDefault();
          onCode(code.trim());
        }}
      >
        {children}
        <TextField
          label={t`Code shown by the authenticator`}
          autoComplete="one-time-code"
          inputMode="numeric"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <DialogActions>
          <Button tone="primary" size="normal" type="submit" busy={busy} disabled={code.trim() === ""}>
            {send}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
