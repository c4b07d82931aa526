import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import type { Page } from "./api-types";
import { get } from "./client";

type Query = Record<string, string | undefined>;

const pageSize = 50;

/** A list read page by page with the server's cursor; `count` asks for the total, capped at 10,000. */
// The row type is the contract of the path: the caller names it, as with get().
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
export function useKeysetList<Row>(path: string, query: Query, withCount = false) {
  const result = useInfiniteQuery({
    queryKey: [path, "list", query],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Row>>(path, {
        signal,
        query: { ...query, limit: pageSize, cursor: pageParam, count: withCount && pageParam === null ? true : null },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor ?? null,
  });
  const rows = useMemo(() => result.data?.pages.flatMap((page) => page.items) ?? [], [result.data]);
  const { fetchNextPage, isFetchingNextPage, hasNextPage } = result;
  return {
    rows,
    count: result.data?.pages[0]?.count ?? null,
    pending: result.isPending,
    error: result.error,
    retry: () => void result.refetch(),
    hasMore: hasNextPage,
    loadingMore: isFetchingNextPage,
    loadMore: () => void fetchNextPage(),
  };
}

/** Whether a list without filters is known to be empty: then the empty state holds the page's one action. */
export function useIsEmpty(path: string): boolean {
  const { rows, pending, error } = useKeysetList(path, {});
  return !pending && error === null && rows.length === 0;
}

/** "3 of 10,000+": a capped count never pretends to be exact. */
export function writeCount(count: { value: number; capped: boolean }): string {
  return `${count.value.toLocaleString("en-GB")}${count.capped ? "+" : ""}`;
}
