import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";

import { useKeysetList } from "@/kernel/list";
import { isRecord } from "@/kernel/stored";

import { Button } from "./button";
import { Sheet } from "./page";
import { RowsSkeleton } from "./skeleton";
import { ErrorState } from "./states";

interface RecordListProps<Row> {
  path: string;
  query?: Record<string, string | undefined>;
  row: (row: Row) => ReactNode;
  /** What tells rows apart; their ids when left out. */
  rowKey?: (row: Row) => string;
  empty: ReactNode;
  /** Shown above what can be put in another order: from two rows on. */
  order?: ReactNode;
}

function idOf(row: unknown): string {
  const id = isRecord(row) ? row["id"] : undefined;
  return typeof id === "string" || typeof id === "number" ? String(id) : "";
}

/** A short list (members, keys, devices) with its four states, read page by page when it is long. */
export function RecordList<Row>({ path, query, row, rowKey = idOf, empty, order }: RecordListProps<Row>) {
  const list = useKeysetList<Row>(path, query ?? {});
  return (
    <Sheet>
      {order !== undefined && list.rows.length > 1 && <div className="flex justify-end border-b border-line px-13 py-8 sm:px-21">{order}</div>}
      {list.pending ? (
        <RowsSkeleton rows={3} />
      ) : list.error !== null ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows.length === 0 ? (
        empty
      ) : (
        <ul>
          {list.rows.map((item) => (
            <li key={rowKey(item)} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
              {row(item)}
            </li>
          ))}
        </ul>
      )}
      {list.hasMore && (
        <div className="p-8">
          <Button tone="quiet" busy={list.loadingMore} onClick={list.loadMore}>
            <Trans>Show more</Trans>
          </Button>
        </div>
      )}
    </Sheet>
  );
}

interface LineProps {
  title: ReactNode;
  detail?: ReactNode;
  state?: ReactNode;
  actions?: ReactNode;
}

/** One row of a short list: what it is, a line about it, its state, its verbs. */
export function Line({ title, detail, state, actions }: LineProps) {
  return (
    <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
      <div className="min-w-0 flex-1 basis-[200px]">
        <div className="text-16 break-words">{title}</div>
        {detail !== undefined && <div className="label flex flex-wrap gap-x-8">{detail}</div>}
      </div>
      {state}
      {actions !== undefined && actions !== false && <div className="flex items-center gap-5">{actions}</div>}
    </div>
  );
}
