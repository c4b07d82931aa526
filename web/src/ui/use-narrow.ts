import { useSyncExternalStore } from "react";

const narrow = "(max-width: 617.98px)";

function watch(change: () => void): () => void {
  const media = window.matchMedia(narrow);
  media.addEventListener("change", change);
  return () => media.removeEventListener("change", change);
}

/** Whether the page is phone-wide (below 618 px). */
export function useNarrow(): boolean {
  return useSyncExternalStore(watch, () => window.matchMedia(narrow).matches);
}
