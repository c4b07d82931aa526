import { useCallback, useState } from "react";

/** Reads what was stored; undefined when it is not of the expected shape. */
export type Reader<Value> = (stored: unknown) => Value | undefined;

/** A small preference of this browser (columns, saved views); never anything secret. */
export function useStored<Value>(key: string, read: Reader<Value>, initial: Value) {
  const [value, setValue] = useState<Value>(() => recall(key, read) ?? initial);
  const store = useCallback(
    (next: Value) => {
      localStorage.setItem(key, JSON.stringify(next));
      setValue(next);
    },
    [key],
  );
  return [value, store] as const;
}

function recall<Value>(key: string, read: Reader<Value>): Value | undefined {
  const text = localStorage.getItem(key);
  if (text === null) return undefined;
  try {
    return read(JSON.parse(text));
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
