import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { post } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";

import type { WindowPreview, WindowRule } from "../types";
import { windowError } from "./window-rules";

/** What a rule comes to now, and next; the query tells how old its data must be. */
export function useWindow(rule: WindowRule, timeZone: string, sql: string | undefined, tables: Record<string, string> = {}) {
  const ready = windowError(rule) === null;
  const body = { window: rule, time_zone: timeZone, ...(sql === undefined || sql === "" ? {} : { sql, tables }) };
  const { data, error } = useQuery({
    queryKey: ["/amc/windows/preview", body],
    queryFn: ({ signal }) => post<WindowPreview>("/amc/windows/preview", body, { signal }),
    enabled: ready,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
  return { data: ready ? data : undefined, error: error === null ? null : asProblem(error) };
}
