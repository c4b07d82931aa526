import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";

import { Sheet } from "./page";
import { RowsSkeleton } from "./skeleton";
import { ErrorState } from "./states";

interface RecordListProps<Row> {
  path: string;
  row: (row: Row) => ReactNode;
  empty: ReactNode;
}

/** A short list read whole (members, keys, devices), with its four states. */
export function RecordList<Row extends { id: string }>({ path, row, empty }: RecordListProps<Row>) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<Page<Row>>(path, { signal }),
  });
  return (
    <Sheet>
      {isPending ? (
        <RowsSkeleton rows={3} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.items.length === 0 ? (
        empty
      ) : (
        <ul>
          {data.items.map((item) => (
            <li key={item.id} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
              {row(item)}
            </li>
          ))}
        </ul>
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
        <div className="truncate text-16">{title}</div>
        {detail !== undefined && <div className="label flex flex-wrap gap-x-8">{detail}</div>}
      </div>
      {state}
      {actions !== undefined && <div className="flex items-center gap-5">{actions}</div>}
    </div>
  );
}
