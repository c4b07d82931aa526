import { getRouteApi } from "@tanstack/react-router";

const frame = getRouteApi("/app/operator");

/** The client account that the console is narrowed to: it stands in the address of every page. */
export function useAccount(): string | undefined {
  return frame.useSearch().account_id;
}
