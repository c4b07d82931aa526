import { t } from "@lingui/core/macro";

import type { Tone } from "@/ui/badge";

export function categoryWords(): Record<string, string> {
  return {
    delivery_failure: t`Delivery failure`,
    participant_dispute: t`Participant's dispute`,
    supplier_deviation: t`Supplier's deviation`,
    escrow_anomaly: t`Escrow anomaly`,
    process_failure: t`Process failure`,
    communication_failure: t`Communication failure`,
    other: t`Something else`,
  };
}

export function severityWords(): Record<string, string> {
  return { low: t`Low`, medium: t`Medium`, high: t`High`, critical: t`Critical` };
}

export const severityRank: Record<string, number> = { low: 0, medium: 1, high: 2, critical: 3 };
export const severityTones: Record<string, Tone> = { low: "neutral", medium: "info", high: "warn", critical: "bad" };

export function exceptionStateWords(): Record<string, string> {
  return {
    detected: t`Detected`,
    triaged: t`Triaged`,
    in_progress: t`In progress`,
    resolved: t`Resolved`,
    closed: t`Closed`,
  };
}

export function reasonWords(): Record<string, string> {
  return {
    campaign_failed: t`The campaign did not reach its goal`,
    admin_manual: t`By hand`,
    commitment_cancelled: t`The commitment was cancelled`,
    duplicate_commitment: t`Committed twice`,
    participant_request: t`The participant asked for it`,
    supplier_unable: t`The supplier is unable`,
    quality_issue: t`Quality issue`,
    delivery_failure: t`Delivery failure`,
  };
}

export function refundStateWords(): Record<string, string> {
  return { due: t`Due`, instructed: t`Instructed`, confirmed: t`Confirmed`, failed: t`Refused` };
}

export function disputeStateWords(): Record<string, string> {
  return { open: t`Open`, won: t`Won`, lost: t`Lost` };
}

export function payoutStateWords(): Record<string, string> {
  return { instructed: t`Instructed`, confirmed: t`Arrived`, failed: t`Refused or returned` };
}

export function bondStateWords(): Record<string, string> {
  return { instructed: t`Under way`, confirmed: t`Paid in`, failed: t`Refused` };
}

export function feeWords(): Record<string, string> {
  return {
    provider_fee: t`Fee of the provider`,
    dispute_fee: t`Fee of a dispute`,
    dispute_loss: t`Lost dispute`,
    supplier_default: t`What a supplier did not pay back`,
    refund_loss: t`Refund beyond escrow`,
  };
}

export function actionWords(): Record<string, string> {
  return {
    refunded: t`Refund`,
    captured: t`Money taken`,
    voided: t`Reservation let go`,
    expired: t`Reservation ended`,
    dispute_opened: t`Dispute opened`,
    dispute_won: t`Dispute won`,
    dispute_lost: t`Dispute lost`,
    payout_returned: t`Payment came back`,
  };
}

export function actionStateWords(): Record<string, string> {
  return { open: t`Waits for an answer`, mirrored: t`Mirrored`, unmirrored: t`Not mirrored` };
}

export const actionStateTones: Record<string, Tone> = { open: "waiting", mirrored: "ok", unmirrored: "warn" };

export const stateTones: Record<string, Tone> = {
  due: "waiting",
  instructed: "waiting",
  confirmed: "ok",
  failed: "bad",
  open: "waiting",
  won: "ok",
  lost: "ended",
  detected: "warn",
  triaged: "waiting",
  in_progress: "waiting",
  resolved: "info",
  closed: "ok",
};

export const choicesOf = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));
