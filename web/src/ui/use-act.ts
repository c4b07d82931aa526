import { useMutation, useQueryClient, type QueryKey } from "@tanstack/react-query";

import { asProblem, type Problem } from "@/kernel/problem";

import { say, sayRefused } from "./toast";

interface ActOptions<Value, Answer> {
  work: (value: Value) => Promise<Answer>;
  /** Lists and records that the change touches. */
  refresh: readonly QueryKey[];
  done?: (answer: Answer, value: Value) => string;
  refused: string;
  onDone?: (answer: Answer, value: Value) => void;
  onRefused?: (problem: Problem) => void;
}

/** One verb: does it, refreshes what it touched, says so; a refusal is said with its reason. */
export function useAct<Value = void, Answer = unknown>(options: ActOptions<Value, Answer>) {
  const queries = useQueryClient();
  return useMutation<Answer, unknown, Value>({
    mutationFn: options.work,
    onSuccess: async (answer, value) => {
      await Promise.all(options.refresh.map((queryKey) => queries.invalidateQueries({ queryKey })));
      if (options.done !== undefined) say({ title: options.done(answer, value) });
      options.onDone?.(answer, value);
    },
    onError: (error) => {
      const problem = asProblem(error);
      sayRefused(options.refused, problem.said);
      options.onRefused?.(problem);
    },
  });
}
