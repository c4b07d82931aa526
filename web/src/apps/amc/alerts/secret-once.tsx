import { Trans } from "@lingui/react/macro";

import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Dialog, DialogActions } from "@/ui/dialog";

/** The secret that signs an alert's webhooks: it is told here and never again. */
export function SecretOnce({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={<Trans>The secret of {name}</Trans>}>
      <p className="mb-13 text-16">
        <Trans>Each webhook is signed with it. Copy it now: it is not shown again.</Trans>
      </p>
      <div className="rounded-5 bg-sunken p-13 break-all">
        <CopyId value={secret} full />
      </div>
      <p className="label mt-13">
        <Trans>
          The header <code className="font-mono">metatron-signature</code> holds a time t and v1, the HMAC-SHA256 of the time, a
          full stop and the body.
        </Trans>
      </p>
      <DialogActions>
        <Button tone="primary" size="normal" onClick={onClose}>
          <Trans>I have kept it</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
