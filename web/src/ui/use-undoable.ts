import { useQueryClient, type InfiniteData, type QueryKey } from "@tanstack/react-query";
import { useCallback } from "react";

import type { Page } from "@/kernel/api-types";
import { asProblem } from "@/kernel/problem";

import { say, sayRefused } from "./toast";

interface Removal {
  id: string | number;
  done: string;
  refused: string;
  work: () => Promise<unknown>;
}

type Rows = InfiniteData<Page<{ id: string | number }>>;

function without(data: Rows, id: string | number): Rows {
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) }));
  return { ...data, pages };
}

const graceMs = 8000;

/** Takes a row out of a list at once and asks the server when the time to undo is over (or the page is left). */
export function useUndoable(queryKey: QueryKey) {
  const queries = useQueryClient();
  return useCallback(
    ({ id, done, refused, work }: Removal) => {
      const filter = { queryKey: [...queryKey, "list"] };
      const before = queries.getQueriesData<Rows>(filter);
      const restore = () => before.forEach(([key, data]) => queries.setQueryData(key, data));
      queries.setQueriesData<Rows>(filter, (data) => data && without(data, id));
      let sent = false;
      const commit = async () => {
        stop();
        sent = true;
        try {
          await work();
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
