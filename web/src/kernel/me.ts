import { useQuery } from "@tanstack/react-query";

import type { Me } from "./api-types";
import { meQuery, useSession } from "./session";

export function useMe(): Me | undefined {
  const signedIn = useSession((state) => state.status === "in");
  // A cleared cache wakes nobody: being drawn anew makes this ask for the new identity.
  useSession((state) => state.turn);
  return useQuery({ ...meQuery, enabled: signedIn }).data;
}

/** Whether this person may do any of the named things here; the server decides again each time. */
export function useCan(): (...anyOf: string[]) => boolean {
  const me = useMe();
  return (...anyOf) => anyOf.some((name) => me?.permissions.includes(name) === true);
}
