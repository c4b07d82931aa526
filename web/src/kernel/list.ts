import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";

import type { Page } from "./api-types";
import { get } from "./client";

type Query = Record<string, string | undefined>;

// A first page is quick; whoever scrolls on gets as much at once as the server gives.
const firstPage = 50;
const nextPages = 200;

/** A list read page by page with the server's cursor; `count` asks for the total, capped at 10,000. */
// The row type is the contract of the path: the caller names it, as with get().
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function useKeysetList<Row>(path: string, query: Query, withCount = false) {
  const result = useInfiniteQuery({
    queryKey: [path, "list", query],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Row>>(path, {
        signal,
        query: { ...query, limit: pageParam === null ? firstPage : nextPages, cursor: pageParam, count: withCount && pageParam === null ? true : null },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
  const rows = useMemo(() => result.data?.pages.flatMap((page) => page.items) ?? [], [result.data]);
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = result;
  return {
    rows,
    count: result.data?.pages[0]?.count ?? null,
    /** Whether every source of a list that is gathered from several has answered. */
    complete: result.data?.pages.every((page) => page.is_complete !== false) ?? true,
    pending: result.isPending,
    error: result.error,
    retry: () => void result.refetch(),
    hasMore: hasNextPage,
    loadingMore: isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
  };
}

/** Whether a list without filters of one's own is known to be empty: then the empty state holds the page's one action. */
export function useIsEmpty(path: string, query: Query = {}): boolean {
  const { rows, pending, error } = useKeysetList(path, query);
  return !pending && error === null && rows.length === 0;
}

/** The whole count of a list, asked for only when somebody wants it: it reads every row. */
export function useExactCount(path: string, query: Query) {
  const key = JSON.stringify([path, query]);
  const [asked, setAsked] = useState<string | null>(null);
  const result = useQuery({
    queryKey: [path, "count", query],
    queryFn: ({ signal }) =>
      get<Page<unknown>>(path, { signal, query: { ...query, sort: null, limit: 1, count: true, exact: true } }),
    enabled: asked === key,
  });
  return { count: asked === key ? (result.data?.count ?? null) : null, ask: () => setAsked(key), busy: result.isFetching };
}

/** "3 of 10,000+": a capped count never pretends to be exact. */
export function writeCount(count: { value: number; capped: boolean }): string {
  return `${count.value.toLocaleString("en-GB")}${count.capped ? "+" : ""}`;
}
