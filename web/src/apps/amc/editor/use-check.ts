import { useEffect, useState } from "react";

import { post } from "@/kernel/client";
import { asProblem, type Problem } from "@/kernel/problem";

import type { Parameter } from "../types";
import type { Checked } from "./check-types";

const pauseMs = 250;

export interface CheckState {
  checked: Checked | null;
  /** What stands in the editor is not what was checked last. */
  busy: boolean;
  problem: Problem | null;
}

const empty: Checked = { ok: true, findings: [], columns: [] };

/** What a run would read: a client's tables, a window of wall clock, and the zone it is of. */
interface ReadWhat {
  instance_id?: string;
  window?: { start: string; end: string };
  time_zone?: string;
  disable_aggregation_controls?: boolean;
}

/** Checks a query a quarter of a second after the last key; an answer to what is no longer there is dropped. */
export function useCheck(sql: string, parameters: readonly Parameter[], what?: ReadWhat): CheckState {
  const shape = JSON.stringify({ sql, parameters, ...what });
  const [state, setState] = useState<{ shape: string; checked: Checked | null; problem: Problem | null }>({
    shape: "",
    checked: null,
    problem: null,
  });
  const blank = sql.trim() === "";
  useEffect(() => {
    if (blank) return undefined;
    const control = new AbortController();
    const ask = async () => {
      try {
        const checked = await post<Checked>("/amc/check", JSON.parse(shape), { signal: control.signal });
        setState({ shape, checked, problem: null });
      } catch (error) {
        if (!control.signal.aborted) setState((before) => ({ ...before, shape, problem: asProblem(error) }));
      }
    };
    const timer = setTimeout(() => void ask(), pauseMs);
    return () => {
      clearTimeout(timer);
      control.abort();
    };
  }, [shape, blank]);
  if (blank) return { checked: empty, busy: false, problem: null };
  return { checked: state.checked, busy: state.shape !== shape, problem: state.problem };
}
