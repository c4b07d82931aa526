import { useQueryClient, type InfiniteData, type QueryKey } from "@tanstack/react-query";
import { useCallback } from "react";

import type { Page } from "@/kernel/api-types";
import { asProblem } from "@/kernel/problem";

import { say, sayRefused } from "./toast";

type Id = string | number;

interface Removal {
  /** What is taken out of the list: one row, or several at once. */
  id: Id | readonly Id[];
  done: string;
  refused: string;
  work: () => Promise<unknown>;
  /** What else changes with it, read anew once the server has done it. */
  refresh?: readonly QueryKey[];
}

type Rows = InfiniteData<Page<{ id: Id }>>;

function without(data: Rows, gone: ReadonlySet<Id>): Rows {
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => !gone.has(item.id)) }));
  return { ...data, pages };
}

const holds = (data: Rows | undefined, gone: ReadonlySet<Id>) =>
  data?.pages.some((page) => page.items.some((item) => gone.has(item.id))) === true;

const graceMs = 8000;

/** Takes a row out of a list at once and asks the server when the time to undo is over (or the page is left). */
export function useUndoable(queryKey: QueryKey) {
  const queries = useQueryClient();
  return useCallback(
    ({ id, done, refused, work, refresh = [] }: Removal) => {
      const gone = new Set<Id>(typeof id === "object" ? id : [id]);
      const filter = { queryKey: [...queryKey, "list"] };
      const cache = queries.getQueryCache();
      const before = queries.getQueriesData<Rows>(filter);
      const takeOut = () => {
        for (const [key, data] of queries.getQueriesData<Rows>(filter)) {
          if (data !== undefined && holds(data, gone)) queries.setQueryData(key, without(data, gone));
        }
      };
      takeOut();
      // A list read anew meanwhile, or first opened, has the row still: the server knows nothing yet.
      const isOurs = (key: QueryKey) => filter.queryKey.every((part, at) => key[at] === part);
      const unwatch = cache.subscribe(({ type, query }) => {
        if (type === "updated" && isOurs(query.queryKey as QueryKey) && holds(query.state.data as Rows | undefined, gone)) takeOut();
      });
      const restore = () => {
        unwatch();
        before.forEach(([key, data]) => queries.setQueryData(key, data));
        void queries.invalidateQueries(filter);
      };
      let sent = false;
      const commit = async () => {
        stop();
        sent = true;
        try {
          await work();
          unwatch();
          for (const key of [filter.queryKey, ...refresh]) void queries.invalidateQueries({ queryKey: key });
        } catch (error) {
          restore();
          sayRefused(refused, asProblem(error).said);
        }
      };
      // The request outlives the page: the client sends it with keepalive while the page is left.
      const leave = () => void commit();
      const timer = setTimeout(leave, graceMs);
      const stop = () => {
        clearTimeout(timer);
        window.removeEventListener("pagehide", leave);
      };
      window.addEventListener("pagehide", leave);
      say({
        title: done,
        undo: () => {
          if (sent) return;
          stop();
          restore();
        },
      });
    },
    [queries, queryKey],
  );
}
