import { QueryClient } from "@tanstack/react-query";

import { asProblem } from "./problem";

function worthAnotherTry(count: number, error: unknown): boolean {
  const { status } = asProblem(error);
  return count < 2 && (status === 0 || status === 502 || status === 503 || status === 504);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: worthAnotherTry,
      refetchOnWindowFocus: false,
      throwOnError: false,
    },
    mutations: { retry: false },
  },
});
