import { begin, type Typed } from "../parameters/values";
import type { Parameter, Run } from "../types";

/** What a person typed for a run; what its client's own mapping gave is left to each client's. */
export function typedOf(parameters: readonly Parameter[], run: Run | null): Typed {
  if (run === null) return {};
  const own = parameters.filter(({ name }) => run.values[name] !== undefined && !/^(mapping|default)/.test(run.value_sources[name] ?? ""));
  return begin(own, run.values);
}
