import { useQuery, type QueryKey } from "@tanstack/react-query";

// A member's page asks by itself only after the person's own action, and until that has settled: a promise
// that was made to this person is being kept. Nothing here knows of a deadline.

const acted = new Map<string, number>();
const patienceMs = 120_000;

/** Notes that the person just acted on a record. */
export function noteActed(id: string): void {
  acted.set(id, Date.now());
}

interface Settling<Answer> {
  id: string;
  queryKey: QueryKey;
  queryFn: (context: { signal: AbortSignal }) => Promise<Answer>;
  underWay: (answer: Answer) => boolean;
}

/** A record that is read anew after one's own action until it is settled, and on coming back to the page. */
export function useSettling<Answer>({ id, queryKey, queryFn, underWay }: Settling<Answer>) {
  return useQuery({
    queryKey,
    queryFn,
    refetchOnWindowFocus: "always",
    refetchInterval: ({ state }) => {
      const at = acted.get(id);
      if (at === undefined || (state.data !== undefined && !underWay(state.data))) return false;
      const age = Date.now() - at;
      if (age > patienceMs) return false;
      return age < 8000 ? 1000 : 5000;
    },
  });
}
