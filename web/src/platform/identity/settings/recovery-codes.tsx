import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Copy } from "lucide-react";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { say } from "@/ui/toast";

/** Shown this once; the dialogue closes only after the person says that they are kept. */
export function RecoveryCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join("\n"));
    say({ title: t`Codes copied` });
  };
  return (
    <Dialog
      open
      onClose={() => {
        if (kept) onClose();
      }}
      title={<Trans>Recovery codes</Trans>}
    >
      <p className="text-16">
        <Trans>Each opens your account once when the authenticator is lost. They are not shown again.</Trans>
      </p>
      <ol className="my-13 grid justify-center gap-3 rounded-5 bg-sunken px-8 py-13 font-mono text-12 sm:text-16">
        {codes.map((code) => (
          <li key={code} className="whitespace-nowrap">{code}</li>
        ))}
      </ol>
      <Checkbox checked={kept} onChange={setKept} label={<Trans>I have put them in a safe place</Trans>} />
      <DialogActions>
        <Button size="normal" icon={<Copy size={13} aria-hidden />} onClick={() => void copy()}>
          <Trans>Copy</Trans>
        </Button>
        <Button size="normal" tone="primary" disabled={!kept} onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
