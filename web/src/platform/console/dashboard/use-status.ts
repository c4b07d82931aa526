import { useQuery, type Query } from "@tanstack/react-query";
import { useRef } from "react";

import { getTagged, type Tagged } from "@/kernel/client";

import { nextPoll } from "../poll";

/**
 * A path read every 5 s while the page is looked at: asked with the last tag, slower after each
 * failure in a row; the last good answer stays.
 */
// The answer's type is the contract of the path: the caller names it, as with get().
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function usePolled<Answer>(path: string) {
  const failures = useRef(0);
  const last = useRef<Tagged<Answer> | undefined>(undefined);
  const result = useQuery({
    queryKey: [path, "polled"],
    queryFn: async ({ signal }) => {
      try {
        last.current = await getTagged<Answer>(path, last.current, { signal });
        failures.current = 0;
        return last.current.answer;
      } catch (error) {
        if (!signal.aborted) failures.current += 1;
        throw error;
      }
    },
    retry: false,
    staleTime: 0,
    refetchOnWindowFocus: true,
    refetchIntervalInBackground: false,
    refetchInterval: (query: Query<Answer>) => (query.state.status === "pending" ? false : nextPoll(failures.current)),
  });
  return {
    data: result.data,
    error: result.error,
    pending: result.isPending,
    at: result.dataUpdatedAt,
    retry: () => void result.refetch(),
  };
}
