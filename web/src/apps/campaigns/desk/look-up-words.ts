import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

import type { HitKind } from "./look-up-types";

const words: Record<HitKind, MessageDescriptor> = {
  campaign: msg`Campaign`,
  commitment: msg`Commitment`,
  refund: msg`Refund`,
  payout: msg`Payment to the supplier`,
  card_dispute: msg`Card dispute`,
  provider_action: msg`Done at the provider`,
  exception: msg`Exception`,
  manual_entry: msg`Entry by hand`,
  transfer: msg`Transfer`,
  instruction: msg`Instruction`,
};

export function hitWord(kind: HitKind): string {
  return i18n._(words[kind]);
}
