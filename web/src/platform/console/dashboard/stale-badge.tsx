import { t } from "@lingui/core/macro";

import { Badge } from "@/ui/badge";

import { useAge } from "../poll";

const lateSeconds = 12;

/** How old the figures are once they are older than two rounds; before, that they are fresh. */
export function StaleBadge({ at }: { at: number }) {
  const age = useAge(at);
  if (age < lateSeconds) return <Badge tone="ok">{t`live`}</Badge>;
  return <Badge tone="warn">{t`stale ${age} s`}</Badge>;
}
