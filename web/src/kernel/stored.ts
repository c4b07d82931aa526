import { useCallback, useState } from "react";
import type { z } from "zod";

/** A small preference of this browser (columns, saved views); never anything secret. */
export function useStored<Value>(key: string, schema: z.ZodType<Value>, initial: Value) {
  const [value, setValue] = useState<Value>(() => read(key, schema, initial));
  const store = useCallback(
    (next: Value) => {
      localStorage.setItem(key, JSON.stringify(next));
      setValue(next);
    },
    [key],
  );
  return [value, store] as const;
}

function read<Value>(key: string, schema: z.ZodType<Value>, initial: Value): Value {
  const text = localStorage.getItem(key);
  if (text === null) return initial;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : initial;
  } catch {
    return initial;
  }
}
