import { Trans } from "@lingui/react/macro";

import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Dialog, DialogActions } from "@/ui/dialog";

export function SecretShown({ value, onClose }: { value: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={<Trans>The secret, this once</Trans>}>
      <p className="text-16">
        <Trans>Copy it to the receiver: it checks with it that a message is from here. It cannot be shown again, only changed.</Trans>
      </p>
      <p className="mt-13 rounded-5 bg-sunken p-13 break-all">
        <CopyId value={value} full />
      </p>
      <p className="label mt-13">
        <Trans>
          Messages are signed by Standard Webhooks; <code className="font-mono">examples/verify_webhook.py</code> of this software shows how to check them.
        </Trans>
      </p>
      <DialogActions>
        <Button tone="primary" size="normal" onClick={onClose}>
          <Trans>I have copied it</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
