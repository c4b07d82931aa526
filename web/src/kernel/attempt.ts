import { useRef } from "react";

import { newId } from "./ids";
import type { Problem } from "./problem";

interface Attempt {
  /** The key of this request: the same again for the same body, so that a lost answer is not done twice. */
  key: (body: unknown) => string;
  /** An answer was given, so the next try is another request; without one (status 0) it is the same. */
  refused: (problem: Problem) => void;
}

/** Idempotency keys of one form's tries. */
export function useAttempt(): Attempt {
  const last = useRef({ shape: "", id: "" });
  return {
    key: (body) => {
      const shape = JSON.stringify(body);
      if (last.current.id === "" || last.current.shape !== shape) last.current = { shape, id: newId() };
      return last.current.id;
    },
    refused: ({ status }) => {
      if (status !== 0) last.current = { shape: "", id: "" };
    },
  };
}
