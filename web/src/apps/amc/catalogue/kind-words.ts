import { t } from "@lingui/core/macro";

import type { CampaignKind } from "./types";

export function kindText(kind: CampaignKind): string {
  const words: Record<CampaignKind, string> = {
    SP: t`Sponsored products`,
    SB: t`Sponsored brands`,
    SD: t`Sponsored display`,
    DSP: t`Amazon DSP`,
  };
  return words[kind];
}
