import { Trans } from "@lingui/react/macro";
import { Landmark } from "lucide-react";

import { formatMoney } from "@/kernel/money";
import { Button } from "@/ui/button";
import { Facts, Sheet } from "@/ui/page";

import type { BulkPreview } from "./types";

interface BulkPreviewSheetProps {
  preview: BulkPreview;
  busy: boolean;
  onAsk: () => void;
}

/** What the server says would happen now; the second person is shown the same figures. */
export function BulkPreviewSheet({ preview, busy, onAsk }: BulkPreviewSheetProps) {
  const money = (minor: number) => formatMoney(minor, preview.currency);
  const number = (value: number) => value.toLocaleString("en-GB");
  const amount = money(preview.amount_minor);
  return (
    <section aria-live="polite">
      <h2 className="mb-8 text-16 font-semibold">
        <Trans>What would happen now</Trans>
      </h2>
      <Sheet className="px-13 py-5">
        <Facts
          facts={[
            [<Trans key="n">Goes back to members</Trans>, <strong key="v">{amount}</strong>],
            [<Trans key="n">Commitments</Trans>, number(preview.count)],
            [<Trans key="n">Units</Trans>, number(preview.units)],
            [<Trans key="n">Left out</Trans>, number(preview.left_out)],
            [<Trans key="n">Stays in escrow</Trans>, money(preview.left_minor)],
          ]}
        />
      </Sheet>
      <p className="my-13 flex items-start gap-13 rounded-5 bg-warn-soft p-13 text-16 text-ink">
        <Landmark size={16} aria-hidden className="mt-5 shrink-0" />
        {preview.effect}
      </p>
      <Button
        tone="primary"
        size="normal"
        busy={busy}
        disabled={preview.count === 0}
        onClick={onAsk}
        className="h-auto! min-h-44 py-8 whitespace-normal!"
      >
        <Trans>Ask a second person to refund {amount}</Trans>
      </Button>
    </section>
  );
}
