import { useCallback, useState } from "react";

import { isRecord } from "@/kernel/stored";

import type { Parameter, Privacy, Workflow } from "../types";

/** What makes a version of a workflow: a change of any of it is saved as a new one. */
export interface Draft {
  sql: string;
  parameters: Parameter[];
  privacy: Privacy;
}

interface Kept {
  /** The version the work began from. */
  number: number;
  draft: Draft;
}

export const draftOf = ({ sql, parameters, privacy }: Draft): Draft => ({ sql, parameters, privacy });

export const same = (one: Draft, other: Draft) => JSON.stringify(draftOf(one)) === JSON.stringify(draftOf(other));

const keyOf = (id: string) => `metatron.amc.draft.${id}`;

function recall(id: string): Kept | null {
  const text = sessionStorage.getItem(keyOf(id));
  if (text === null) return null;
  try {
    const kept: unknown = JSON.parse(text);
    if (!isRecord(kept) || typeof kept["number"] !== "number" || !isRecord(kept["draft"])) return null;
    return typeof kept["draft"]["sql"] === "string" && Array.isArray(kept["draft"]["parameters"]) ? (kept as unknown as Kept) : null;
  } catch {
    return null;
  }
}

/** Work on a workflow that is not saved yet: kept in this tab over a reload, gone when it is saved or given up. */
export function useDraft(workflow: Workflow) {
  const [kept, setKept] = useState<Kept | null>(() => {
    const found = recall(workflow.id);
    return found !== null && same(found.draft, workflow) ? null : found;
  });
  const draft = kept?.draft ?? draftOf(workflow);
  const store = useCallback(
    (next: Kept | null) => {
      if (next === null) sessionStorage.removeItem(keyOf(workflow.id));
      else sessionStorage.setItem(keyOf(workflow.id), JSON.stringify(next));
      setKept(next);
    },
    [workflow.id],
  );
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    const number = kept?.number ?? workflow.number;
    // Back at what is saved, there is nothing to keep.
    store(number === workflow.number && same(next, workflow) ? null : { number, draft: next });
  };
  return {
    draft,
    dirty: kept !== null,
    /** Somebody saved a newer version while this draft was written. */
    behind: kept !== null && kept.number < workflow.number,
    change,
    drop: () => store(null),
    /** From now on the draft counts as work on the newest version. */
    rebase: () => store({ number: workflow.number, draft }),
  };
}
