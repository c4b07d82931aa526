import { useSyncExternalStore } from "react";

import { isRecord } from "@/kernel/stored";

/** What is being put together in this tab, by a key: a reload in the middle loses nothing. */
export interface Kept<Value extends object> {
  recall: (key: string) => Partial<Value>;
  change: (key: string, change: Partial<Value>) => void;
  forget: (key: string) => void;
  use: (key: string) => Partial<Value>;
}

/** A store of unfinished work in the tab's session; `reads` tells whether what was stored is of its shape. */
export function keepInTab<Value extends object>(name: string, reads: (stored: Record<string, unknown>) => boolean): Kept<Value> {
  const listeners = new Set<() => void>();
  const read = new Map<string, { text: string; value: Partial<Value> }>();
  const address = (key: string) => `metatron.amc.${name}.${key}`;
  const tell = () => listeners.forEach((listener) => listener());
  const recall = (key: string): Partial<Value> => {
    const text = sessionStorage.getItem(address(key)) ?? "";
    const before = read.get(key);
    if (before?.text === text) return before.value;
    let value: Partial<Value> = {};
    try {
      const stored: unknown = text === "" ? null : JSON.parse(text);
      if (isRecord(stored) && reads(stored)) value = stored as Partial<Value>;
    } catch {
      // What cannot be read is begun anew.
    }
    read.set(key, { text, value });
    return value;
  };
  const watch = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    recall,
    change: (key, change) => {
      sessionStorage.setItem(address(key), JSON.stringify({ ...recall(key), ...change }));
      tell();
    },
    forget: (key) => {
      sessionStorage.removeItem(address(key));
      tell();
    },
    // A key's value is the same object until it is changed.
    use: (key) => useSyncExternalStore(watch, () => recall(key)),
  };
}
