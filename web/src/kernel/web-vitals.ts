import type { Metric } from "web-vitals";

/** Of how many visits the speed is measured. */
export const measuredShare = 0.25;
const address = "/api/v1/web-vitals";

/** What is needed of the router: when a page is shown, and whose template it is. */
export interface Shown {
  subscribe: (event: "onResolved", told: () => void) => unknown;
  state: { matches: readonly { fullPath: string }[] };
}

// Pages of members, suppliers and the public promise that nothing is noted there: a visit that comes to one is not measured.
const unmeasured = /^\/(?:o|s|commitments|supplier)(?:\/|$)/;

function asksForPrivacy(): boolean {
  const { globalPrivacyControl, doNotTrack } = navigator as Navigator & { globalPrivacyControl?: boolean; doNotTrack?: string | null };
  return globalPrivacyControl === true || doNotTrack === "1";
}

/**
 * Measures how fast the page felt on this visit (LCP, INP, CLS, TTFB) and tells the server when it is left: each figure once,
 * with the template of the page the visit began on. No id, no address, nobody's name; nothing of it is kept in the browser.
 */
export async function startVitals(router: Shown, chance = Math.random()): Promise<void> {
  if (chance >= measuredShare || asksForPrivacy()) return;
  const waiting = new Map<string, number>();
  const sent = new Set<string>();
  let begunOn: string | null = null;
  let spoiled = false;
  const look = () => {
    const template = router.state.matches.at(-1)?.fullPath;
    if (template === undefined) return;
    if (unmeasured.test(template)) spoiled = true;
    begunOn ??= template;
  };
  look();
  router.subscribe("onResolved", look);
  const note = ({ name, value }: Metric) => waiting.set(name, value);
  const send = () => {
    const readings = [...waiting].filter(([name]) => !sent.has(name)).map(([metric, value]) => ({ metric, value }));
    if (document.visibilityState !== "hidden" || readings.length === 0 || begunOn === null || spoiled) return;
    for (const { metric } of readings) sent.add(metric);
    // As text a beacon needs no question in advance, and arrives though the page is gone.
    navigator.sendBeacon(address, new Blob([JSON.stringify({ route: begunOn, readings })], { type: "application/json" }));
  };
  const { onCLS, onINP, onLCP, onTTFB } = await import("web-vitals");
  for (const measure of [onCLS, onINP, onLCP, onTTFB]) measure(note);
  // After theirs: the last figures of a visit come as it is hidden.
  document.addEventListener("visibilitychange", send);
}
