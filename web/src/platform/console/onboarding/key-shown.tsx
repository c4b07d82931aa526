import { Trans } from "@lingui/react/macro";

import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Dialog, DialogActions } from "@/ui/dialog";

export function KeyShown({ value, onClose }: { value: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={<Trans>The tenant&rsquo;s first key, this once</Trans>}>
      <p className="text-16">
        <Trans>Hand it to whoever runs the program. Only its hash is kept, so it cannot be shown again.</Trans>
      </p>
      <p className="mt-13 rounded-5 bg-sunken p-13 break-all">
        <CopyId value={value} full />
      </p>
      <DialogActions>
        <Button tone="primary" size="normal" onClick={onClose}>
          <Trans>I have copied it</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
