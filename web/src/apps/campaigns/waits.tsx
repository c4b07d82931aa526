import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Stamp } from "lucide-react";

import { buttonClass } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";

/** Nothing was done yet: another person decides, and this is where. */
export function WaitsDialog({ approvalId, onClose }: { approvalId: string; onClose: () => void }) {
  return (
    <Dialog open onClose={onClose} title={t`Waits for a second person`}>
      <p className="flex items-start gap-13 text-16 text-pretty">
        <Stamp size={16} aria-hidden className="mt-5 shrink-0" />
        <Trans>Nothing has happened yet. Somebody else who may do this has been told, and decides.</Trans>
      </p>
      <DialogActions>
        <Link
          to="/approvals/$approvalId"
          params={{ approvalId }}
          className={buttonClass("primary", "normal")}
        >
          <Trans>Open the request</Trans>
        </Link>
      </DialogActions>
    </Dialog>
  );
}
