import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { Button, IconButton } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";

import type { ResultColumn } from "../types";
import { orderOf } from "./chosen-columns";

interface ColumnChooserProps {
  columns: readonly ResultColumn[];
  /** The names of those shown, in their order. */
  shown: readonly string[];
  onShown: (shown: string[]) => void;
  onClose: () => void;
}

/** Which columns of a result are shown, and in which order; what is changed here is seen at once. */
export function ColumnChooser({ columns, shown, onShown, onClose }: ColumnChooserProps) {
  const [order, setOrder] = useState(() => orderOf(shown, columns));
  const [said, setSaid] = useState("");
  const list = useRef<HTMLUListElement>(null);
  const moved = useRef<{ name: string; way: number } | null>(null);
  // A row that moves loses the focus: whoever moved it goes on with it.
  useEffect(() => {
    if (moved.current === null) return;
    const { name, way } = moved.current;
    moved.current = null;
    const row = list.current?.children[order.indexOf(name)];
    const usable = [...(row?.querySelectorAll<HTMLButtonElement>("button[data-way]") ?? [])].filter(({ disabled }) => !disabled);
    (usable.find(({ dataset }) => dataset["way"] === String(way)) ?? usable[0])?.focus();
  }, [order]);
  const put = (next: string[]) => {
    setOrder(next);
    onShown(next.filter((name) => shown.includes(name)));
  };
  const move = (name: string, way: 1 | -1) => {
    const at = order.indexOf(name);
    const next = order.toSpliced(at, 1).toSpliced(at + way, 0, name);
    moved.current = { name, way };
    setSaid(t`${name}: place ${at + way + 1} of ${order.length}`);
    put(next);
  };
  const show = (name: string, on: boolean) => onShown(order.filter((each) => (each === name ? on : shown.includes(each))));
  return (
    <Dialog open onClose={onClose} title={<Trans>Columns</Trans>}>
      <ul ref={list}>
        {order.map((name, at) => (
          <li key={name} className="flex min-h-44 items-center gap-8 border-b border-line last:border-0">
            <span className="min-w-0 flex-1 break-words">
              <Checkbox checked={shown.includes(name)} disabled={shown.length === 1 && shown[0] === name} onChange={(on) => show(name, on)} label={name} />
            </span>
            <IconButton data-way={-1} label={t`Move ${name} to the front`} disabled={at === 0} onClick={() => move(name, -1)}>
              <ArrowUp size={13} aria-hidden />
            </IconButton>
            <IconButton data-way={1} label={t`Move ${name} to the back`} disabled={at === order.length - 1} onClick={() => move(name, 1)}>
              <ArrowDown size={13} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">
        {said}
      </p>
      <DialogActions>
        <Button
          size="normal"
          onClick={() => {
            const all = columns.map(({ name }) => name);
            setOrder(all);
            onShown(all);
          }}
        >
          <Trans>All, as AMC gave them</Trans>
        </Button>
        <Button tone="primary" size="normal" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </DialogActions>
    </Dialog>
  );
}
