import type { Parameter } from "../types";
import { useFill } from "./use-fill";
import { begin, type Typed } from "./values";

/** Only what somebody changed counts as typed: the rest goes on following the client's mapping. */
export function changed(shown: Typed, next: Typed, before: Typed): Typed {
  const touched = Object.entries(next).filter(([name, text]) => text !== shown[name] || before[name] !== undefined);
  return Object.fromEntries(touched);
}

/** The fields of a query for one client: what was typed, and elsewhere what its mapping and the defaults give. */
export function useValues(clientId: string, parameters: readonly Parameter[], typed: Typed) {
  const fill = useFill(clientId, parameters);
  const shown = { ...begin(parameters, fill?.values ?? {}), ...typed };
  const isLeft = (name: string) => (typed[name] ?? "") === "";
  return {
    shown,
    // A field emptied by hand follows the mapping again, so nothing is missing there.
    asked: parameters.map((parameter) => (typed[parameter.name] === "" && fill?.values[parameter.name] !== undefined ? { ...parameter, required: false } : parameter)),
    sources: Object.fromEntries(Object.entries(fill?.sources ?? {}).filter(([name]) => isLeft(name))),
    change: (next: Typed) => changed(shown, next, typed),
  };
}
