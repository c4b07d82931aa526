import { t } from "@lingui/core/macro";

import { Badge } from "@/ui/badge";

import type { Schedule } from "./types";

export function ScheduleBadge({ schedule }: { schedule: Schedule }) {
  return schedule.state === "active" ? <Badge tone="ok">{t`Active`}</Badge> : <Badge tone="paused">{t`Paused`}</Badge>;
}
