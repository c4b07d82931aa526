import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Brand } from "./types";

const most = 30;

export function useBrands(): readonly Brand[] {
  return (
    useQuery({
      queryKey: ["/amc/catalogue/brands"],
      queryFn: ({ signal }) => get<{ items: Brand[] }>("/amc/catalogue/brands", { signal }),
      staleTime: 60_000,
    }).data?.items ?? []
  );
}

/** The largest brands and the chosen one, as the choices of a filter. */
export function brandChoices(brands: readonly Brand[], of: "asins" | "campaigns", chosen: string | undefined) {
  const largest = [...brands]
    .filter((brand) => brand[of] > 0)
    .sort((one, other) => other[of] - one[of])
    .slice(0, most)
    .map(({ name }) => name);
  const names = chosen === undefined || largest.includes(chosen) ? largest : [chosen, ...largest];
  return names.sort((one, other) => one.localeCompare(other)).map((name) => ({ value: name, label: name }));
}
