import { i18n, type MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

import type { ManualKind } from "./entry-types";

const words: Record<ManualKind, MessageDescriptor> = {
  suspense_in: msg`In suspense`,
  suspense_out: msg`Left without a cause`,
  suspense_cleared: msg`Given to the bond`,
  suspense_borne: msg`Borne by the bond`,
  correction: msg`Correction`,
  fee_lowered: msg`Fee lowered`,
  fee_raised: msg`Fee raised`,
};

export function entryWord(kind: ManualKind): string {
  return i18n._(words[kind]);
}
