import { useEffect, useState } from "react";

export const everyMs = 5_000;
const slowestMs = 30_000;

/** When to ask again: every 5 s, after failures in a row 10, 20 and then every 30 s. */
export function nextPoll(failures: number): number {
  return Math.min(everyMs * 2 ** Math.min(failures, 8), slowestMs);
}

/** Whole seconds since an instant (ms since the epoch), looked at once a second. */
export function useAge(at: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(clock);
  }, []);
  return Math.max(0, Math.floor((now - at) / 1000));
}
