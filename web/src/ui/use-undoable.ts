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
}

type Rows = InfiniteData<Page<{ id: Id }>>;

function without(data: Rows, id: Id | readonly Id[]): Rows {
  const gone = new Set<Id>(typeof id === "object" ? id : [id]);
  const pages = data.pages.map((page) => ({ ...page, items: page.items.filter((item) => !gone.has(item.id)) }));
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
