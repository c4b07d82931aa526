import { useQueryClient, type QueryKey } from "@tanstack/react-query";
import { useCallback } from "react";

import type { Page } from "@/kernel/api-types";
import { asProblem } from "@/kernel/problem";

import { say, sayRefused } from "./toast";

interface Removal {
  id: string;
  done: string;
  refused: string;
  work: () => Promise<unknown>;
}

const graceMs = 8000;

/** Takes a row out of a list at once and asks the server when the time to undo is over (or the page is left). */
export function useUndoable(queryKey: QueryKey) {
  const queries = useQueryClient();
  return useCallback(
    ({ id, done, refused, work }: Removal) => {
      const before = queries.getQueryData<Page<{ id: string }>>(queryKey);
      const restore = () => queries.setQueryData(queryKey, before);
      if (before !== undefined) {
        queries.setQueryData(queryKey, { ...before, items: before.items.filter((item) => item.id !== id) });
      }
      const commit = async () => {
        stop();
        try {
          await work();
        } catch (error) {
          restore();
          sayRefused(refused, asProblem(error).said);
        }
      };
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
          stop();
          restore();
        },
      });
    },
    [queries, queryKey],
  );
}
