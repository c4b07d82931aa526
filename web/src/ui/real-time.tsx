import { Trans } from "@lingui/react/macro";

import { useMe } from "@/kernel/me";
import { formatDuration } from "@/kernel/time";

/** How far the organisation's clock runs ahead of the real one, in seconds; 0 outside a sandbox. */
export function useClockAhead(): number {
  return useMe()?.tenant?.clock_offset_seconds ?? 0;
}

/** Which clock the times of a page follow, where a sandbox has one of its own. */
export function RealTimeNote() {
  const ahead = useClockAhead();
  if (ahead === 0) return null;
  const duration = formatDuration(ahead);
  return (
    <p className="label mb-13">
      <Trans>Times here are real time. The clock of this sandbox, which its campaigns follow, runs {duration} ahead.</Trans>
    </p>
  );
}
