import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { lazy, Suspense, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { Badge, type Tone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { Line } from "@/ui/record-list";
import { ErrorState } from "@/ui/states";

import { titleOf } from "../campaign-title";
import { permissions } from "../permissions";
import { WaitsDialog } from "../waits";
import type { SupplierClaim } from "./types";

const ClaimDialog = lazy(() => import("./claim-dialog").then((file) => ({ default: file.ClaimDialog })));

const tones: Record<SupplierClaim["state"], Tone> = { open: "waiting", paid: "ok", written_off: "ended" };

function word(state: SupplierClaim["state"]): string {
  if (state === "paid") return t`Paid back`;
  return state === "written_off" ? t`Written off` : t`Owed`;
}

/** What suppliers owe back after lost disputes; nothing where nobody owes anything. */
export function ClaimsSection() {
  const [given, setGiven] = useState<SupplierClaim | null>(null);
  const [waiting, setWaiting] = useState<string | null>(null);
  const may = useCan()(...permissions.settle);
  const list = useKeysetList<SupplierClaim>("/supplier-claims", {});
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) return null;
  return (
    <Section className="mt-34" title={<Trans>What suppliers owe back</Trans>}>
      <Sheet>
        <ul>
          {list.rows.map((claim) => (
            <li key={claim.id} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
              <ClaimLine claim={claim} onGiveUp={may ? () => setGiven(claim) : undefined} />
            </li>
          ))}
        </ul>
      </Sheet>
      {list.hasMore && (
        <Button className="mt-8" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
      <Suspense>{given !== null && <ClaimDialog about={{ claim: given }} onClose={() => setGiven(null)} onWaiting={setWaiting} />}</Suspense>
      {waiting !== null && <WaitsDialog approvalId={waiting} onClose={() => setWaiting(null)} />}
    </Section>
  );
}

function ClaimLine({ claim, onGiveUp }: { claim: SupplierClaim; onGiveUp: (() => void) | undefined }) {
  const money = (amount: number) => formatMoney(amount, claim.currency);
  const left = claim.amount_minor - claim.paid_minor - claim.written_off_minor;
  return (
    <Line
      title={
        <>
          {claim.supplier_name ?? "–"} · {titleOf({ title: claim.campaign_title })}
        </>
      }
      detail={
        <>
          <span>{claim.reason}</span>
          <span>
            <Trans>
              Claimed {money(claim.amount_minor)}, paid {money(claim.paid_minor)}
            </Trans>
          </span>
          {claim.under_way_minor > 0 && (
            <span>
              <Trans>{money(claim.under_way_minor)} under way at the provider</Trans>
            </span>
          )}
        </>
      }
      state={
        <>
          <Badge tone={tones[claim.state]}>{word(claim.state)}</Badge>
          <span className="text-16 font-medium">{money(left)}</span>
        </>
      }
      actions={
        claim.state === "open" &&
        onGiveUp !== undefined && (
          <Button onClick={onGiveUp}>
            <Trans>Write off</Trans>
          </Button>
        )
      }
    />
  );
}
