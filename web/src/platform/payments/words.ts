import { t } from "@lingui/core/macro";

export function breakWords(): Record<string, string> {
  return {
    missing_at_provider: t`Not on the statement`,
    missing_with_us: t`Not in our records`,
    amount_differs: t`Another amount`,
    duplicate_line: t`The line stands twice`,
    wrong_sign: t`The wrong sign`,
    currency_differs: t`Another currency`,
  };
}

export function resolutionWords(): Record<string, string> {
  return {
    booked: t`Our books were put right: the line counts`,
    ignored: t`The line does not count`,
    explained: t`The line stays unmatched, for this reason`,
    matched_later: t`A match came later`,
  };
}

export function instructionWords(): Record<string, string> {
  return {
    authorise: t`Hold`,
    capture: t`Capture`,
    void: t`Let go of a hold`,
    refund: t`Refund`,
    payout: t`Payment out`,
  };
}

export function instructionStateWords(): Record<string, string> {
  return {
    created: t`Written`,
    approved: t`To be sent`,
    sent: t`Sent`,
    unknown: t`Answer unknown`,
    confirmed: t`Confirmed`,
    failed: t`Refused`,
  };
}

export const choicesOf = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));
