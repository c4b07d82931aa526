import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { Facts } from "@/ui/page";

import { permissions } from "../permissions";
import { CampaignLink } from "./belongs";
import { DisputeState } from "./dispute-columns";
import { DisputeFiles } from "./dispute-files";
import type { CardDispute, SupplierClaim } from "./types";

const ClaimDialog = lazy(() => import("./claim-dialog").then((file) => ({ default: file.ClaimDialog })));
const HandInEvidence = lazy(() => import("./hand-in-evidence").then((file) => ({ default: file.HandInEvidence })));

export function DisputeDrawer({ dispute }: { dispute: CardDispute }) {
  const [asked, setAsked] = useState<"evidence" | "claim" | null>(null);
  const may = useCan()(...permissions.settle);
  const { data: claims } = useQuery({
    queryKey: ["/supplier-claims", "of-dispute", dispute.id],
    queryFn: ({ signal }) => get<Page<SupplierClaim>>("/supplier-claims", { signal }),
    enabled: dispute.state === "lost" && !dispute.is_before_release,
  });
  const claimed = claims?.items.some(({ dispute_id: id }) => id === dispute.id);
  const takes = dispute.state === "open" && (dispute.evidence_state === null || dispute.evidence_state === "refused");
  const due = dispute.evidence_due_at;
  return (
    <div className="flex flex-col gap-13">
      <div className="flex flex-wrap items-center gap-13 pr-34">
        <h2 className="text-16 font-semibold">{formatMoney(dispute.amount_minor, dispute.currency)}</h2>
        <DisputeState dispute={dispute} />
      </div>
      <p className="text-12 text-pretty">
        {dispute.is_before_release ? (
          <Trans>Taken back before the release: the amount left the commitment&rsquo;s escrow and is held apart.</Trans>
        ) : (
          <Trans>Taken back after the release: what is lost is borne by the bond, as a fee is.</Trans>
        )}
      </p>
      <Facts
        dense
        facts={[
          [<Trans key="n">Provider</Trans>, dispute.provider],
          [<Trans key="n">Reference there</Trans>, <CopyId key="v" value={dispute.reference} full />],
          [<Trans key="n">Disputed</Trans>, formatMoney(dispute.amount_minor, dispute.currency)],
          [<Trans key="n">Fee, won or lost</Trans>, formatMoney(dispute.fee_minor, dispute.currency)],
          [<Trans key="n">Commitment</Trans>, <CopyId key="v" value={dispute.commitment_reference} full />],
          [<Trans key="n">Campaign</Trans>, <CampaignLink key="v" id={dispute.campaign_id} title={dispute.campaign_title} tab="commitments" />],
          [<Trans key="n">Evidence until</Trans>, due === null ? "–" : formatInstant(due)],
          [<Trans key="n">Opened</Trans>, formatInstant(dispute.opened_at)],
          [<Trans key="n">Closed</Trans>, dispute.closed_at === null ? "–" : formatInstant(dispute.closed_at)],
        ]}
      />
      <EvidenceState dispute={dispute} />
      <DisputeFiles dispute={dispute} takes={may && takes} />
      {may && takes && (
        <Button tone="primary" className="self-start" onClick={() => setAsked("evidence")}>
          <Trans>Hand in evidence</Trans>
        </Button>
      )}
      {may && claimed === false && (
        <Button className="self-start" onClick={() => setAsked("claim")}>
          <Trans>Claim it from the supplier</Trans>
        </Button>
      )}
      {!may && takes && (
        <p className="label">
          <Trans>
            Handing evidence in needs <code className="font-mono">{permissions.settle[0]}</code>.
          </Trans>
        </p>
      )}
      <Suspense>
        {asked === "evidence" && <HandInEvidence dispute={dispute} onClose={() => setAsked(null)} />}
        {asked === "claim" && <ClaimDialog about={{ dispute }} onClose={() => setAsked(null)} onWaiting={() => undefined} />}
      </Suspense>
    </div>
  );
}

function EvidenceState({ dispute }: { dispute: CardDispute }) {
  const { evidence_state: state, evidence_code: code } = dispute;
  if (state === null) {
    if (dispute.state !== "open") return null;
    return (
      <p className="label text-pretty">
        <Trans>No evidence was handed in yet. What is decided comes here by itself.</Trans>
      </p>
    );
  }
  if (state === "submitted") {
    return (
      <p className="text-12 text-pretty">
        <Trans>The provider has the evidence. What is decided comes here by itself.</Trans>
      </p>
    );
  }
  if (state === "refused") {
    const why = (code ?? "").replaceAll("_", " ");
    return (
      <p className="text-12 text-pretty">
        <Trans>The provider did not take the evidence: {why}.</Trans>
      </p>
    );
  }
  return (
    <p className="text-12 text-pretty">
      <Trans>The evidence is on its way; the provider is asked until it has answered.</Trans>
    </p>
  );
}
