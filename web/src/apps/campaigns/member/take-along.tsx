import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Printer, ShieldCheck } from "lucide-react";

import { keepFile } from "@/kernel/client";
import { Button, buttonClass } from "@/ui/button";
import { useAct } from "@/ui/use-act";

import type { Commitment } from "../types";

/** What a member keeps outside this page: a receipt on paper, and a proof that needs no trust in us. */
export function TakeAlong({ commitment }: { commitment: Commitment }) {
  const { id, reference } = commitment;
  const keep = useAct({
    work: () => keepFile(`/commitments/${id}/proof`, `proof-${reference}.json`),
    refresh: [],
    refused: t`The proof was not handed over`,
  });
  return (
    <div className="mt-13">
      <div className="flex flex-wrap gap-8">
        <Link to="/commitments/$commitmentId/receipt" params={{ commitmentId: id }} className={buttonClass("plain", "normal")}>
          <Printer size={13} aria-hidden />
          <Trans>Receipt</Trans>
        </Link>
        <Button size="normal" busy={keep.isPending} icon={<ShieldCheck size={13} aria-hidden />} onClick={() => keep.mutate()}>
          <Trans>Take your proof along</Trans>
        </Button>
      </div>
      <p className="label mt-8 text-pretty">
        <Trans>
          Check it without us: run <code className="font-mono">python verify_commitment.py proof-{reference}.json FINGERPRINT</code>,
          a short script in the examples of this software. Take the fingerprint from a printed receipt or the campaign's
          page, never from the proof itself.
        </Trans>
      </p>
    </div>
  );
}
