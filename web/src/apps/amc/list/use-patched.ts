import { useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { patch } from "@/kernel/client";
import { asProblem, type Problem } from "@/kernel/problem";
import { say, sayRefused } from "@/ui/toast";

interface Recorded {
  id: string;
  version: number;
}

interface Patched<Row> {
  path: string;
  row: Row;
  done: string;
  refused: string;
  onDone: () => void;
  onRefused: (problem: Problem) => void;
}

type Lists<Row> = InfiniteData<Page<Row>>;

/** Changes fields of a record: seen at once wherever it stands, taken back with the reason when the server refuses. */
export function usePatched<Row extends Recorded>({ path, row, done, refused, onDone, onRefused }: Patched<Row>) {
  const queries = useQueryClient();
  const record = [path, row.id];
  const lists = [path, "list"];
  return useMutation({
    mutationFn: (fields: Partial<Row>) => patch<Row>(`${path}/${row.id}`, fields, { version: row.version }),
    onMutate: async (fields) => {
      // An answer that is under way would show the old again.
      await Promise.all([queries.cancelQueries({ queryKey: record, exact: true }), queries.cancelQueries({ queryKey: lists })]);
      const before = [...queries.getQueriesData({ queryKey: record, exact: true }), ...queries.getQueriesData({ queryKey: lists })];
      queries.setQueriesData<Row>({ queryKey: record, exact: true }, (one) => one && { ...one, ...fields });
      queries.setQueriesData<Lists<Row>>(
        { queryKey: lists },
        (all) =>
          all && {
            ...all,
            pages: all.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === row.id ? { ...item, ...fields } : item)) })),
          },
      );
      return before;
    },
    onSuccess: () => {
      say({ title: done });
      onDone();
    },
    onError: (error, _, before) => {
      before?.forEach(([key, data]) => queries.setQueryData(key, data));
      const problem = asProblem(error);
      sayRefused(refused, problem.said);
      onRefused(problem);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: [path] }),
  });
}
