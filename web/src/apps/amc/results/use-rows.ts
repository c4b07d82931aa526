import { useQueries } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { get } from "@/kernel/client";

import type { Cell, ResultColumn, RowWindow } from "../types";
import type { RowFilter } from "./result-types";

export const pageRows = 500;
const restMs = 89;

/** Whose rows: those of a run never change, those of a collection are others with each segment that comes. */
export interface RowSource {
  path: "/amc/runs" | "/amc/collections";
  id: string;
  columns: readonly ResultColumn[];
  rowCount: number;
  /** Another one is another result. */
  edition: string;
}

export interface RowQuery {
  sort: string;
  filters: readonly RowFilter[];
}

/** The pages that hold the rows from one index to another. */
export function pagesOf(first: number, last: number): number[] {
  const [from, to] = [Math.floor(Math.max(0, first) / pageRows), Math.floor(Math.max(0, last) / pageRows)];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export function rowsQuery({ path, id, edition }: Pick<RowSource, "path" | "id" | "edition">, { sort, filters }: RowQuery, page: number) {
  return {
    queryKey: [path, id, "rows", { edition, sort, filters, page }],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      get<RowWindow>(`${path}/${id}/rows`, {
        signal,
        query: {
          offset: page * pageRows,
          limit: pageRows,
          sort,
          filter: filters.length === 0 ? undefined : JSON.stringify(filters),
        },
      }),
    // A result never changes; what was scrolled past is let go after a while.
    staleTime: Infinity,
    gcTime: 60_000,
  };
}

/** The rows of a result where one looks, in windows of the server: whoever scrolls past asks for nothing. */
export function useRows(source: RowSource, query: RowQuery, first: number, last: number) {
  const [pages, setPages] = useState(() => pagesOf(first, last));
  const wanted = pagesOf(first, last).join();
  useEffect(() => {
    const timer = setTimeout(() => setPages(wanted.split(",").map(Number)), restMs);
    return () => clearTimeout(timer);
  }, [wanted]);
  const answers = useQueries({ queries: pages.map((page) => rowsQuery(source, query, page)) });
  const known = new Map(pages.map((page, index) => [page, answers[index]?.data]));
  const any = answers.find(({ data }) => data !== undefined)?.data;
  return {
    rowAt: (index: number): Cell[] | undefined => known.get(Math.floor(index / pageRows))?.rows[index % pageRows],
    window: any,
    error: answers.find(({ error }) => error !== null)?.error ?? null,
    retry: () => answers.forEach((answer) => answer.error !== null && void answer.refetch()),
  };
}
