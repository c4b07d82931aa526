import { useCallback, useMemo } from "react";

import { isRecord, useStored } from "@/kernel/stored";

interface Hideable {
  id: string;
  hidden?: boolean;
}

function readVisible(stored: unknown): Record<string, boolean> | undefined {
  if (!isRecord(stored)) return undefined;
  return Object.fromEntries(Object.entries(stored).map(([id, on]) => [id, on === true]));
}

/** Which columns of a list are shown, remembered in this browser. */
export function useColumns<Column extends Hideable>(name: string, columns: readonly Column[]) {
  const hidden = useMemo(
    () => Object.fromEntries(columns.filter((column) => column.hidden === true).map(({ id }) => [id, false])),
    [columns],
  );
  const [visible, store] = useStored(`metatron.columns.${name}`, readVisible, hidden);
  const setVisible = useCallback((id: string, on: boolean) => store({ ...visible, [id]: on }), [store, visible]);
  const shown = columns.filter((column) => visible[column.id] !== false);
  return { visible, setVisible, shown };
}
