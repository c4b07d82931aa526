import { begin, type Typed } from "../parameters/values";
import type { Parameter, Run } from "../types";

/** What a person typed for a run: what the mapping of its client gave is not another's, nor this one's for ever. */
export function typedOf(parameters: readonly Parameter[], run: Run | null): Typed {
  if (run === null) return {};
  const own = parameters.filter(({ name }) => run.values[name] !== undefined && (run.value_sources[name] ?? "given") === "given");
  return begin(own, run.values);
}
