import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import type { Change } from "./live-stream";

interface Live {
  /** The module whose records are shown: "campaigns". */
  module: string;
  /** Narrows it to what is shown here; everything of the module when left out. */
  about?: (change: Change) => boolean;
  refresh: readonly QueryKey[];
}

const gatherMs = 261;

/** Reads queries anew when the server tells that their records changed. Never on a member's page. */
export function useLive(live: Live): void {
  const queries = useQueryClient();
  const latest = useRef(live);
  useEffect(() => {
    latest.current = live;
  });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const concerns = (change: Change) => {
      const { module, about } = latest.current;
      return change.name.startsWith(`${module}.`) && (about === undefined || about(change));
    };
    const refresh = () => {
      timer = undefined;
      for (const queryKey of latest.current.refresh) void queries.invalidateQueries({ queryKey });
    };
    let end: (() => void) | null = null;
    let left = false;
    // Fetched after the page has been drawn: listening can begin a moment later.
    void import("./live-stream").then(({ onChange }) => {
      if (left) return;
      end = onChange((change) => {
        // A job announces several changes at once: they are one reading.
        if (change === null || concerns(change)) timer ??= setTimeout(refresh, gatherMs);
      });
    });
    return () => {
      left = true;
      clearTimeout(timer);
      end?.();
    };
  }, [queries]);
}
