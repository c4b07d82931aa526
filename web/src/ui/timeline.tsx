import type { ReactNode } from "react";

import { formatShort } from "@/kernel/time";

export interface TimelineEntry {
  id: string;
  at: string;
  title: ReactNode;
  detail?: ReactNode;
  by?: ReactNode;
}

export function Timeline({ entries }: { entries: readonly TimelineEntry[] }) {
  return (
    <ol className="relative flex flex-col gap-21 before:absolute before:top-8 before:bottom-8 before:left-[4px] before:w-1 before:bg-line">
      {entries.map((entry) => (
        <li key={entry.id} className="relative pl-21">
          <span aria-hidden className="absolute top-[5px] left-0 size-[9px] rounded-full border-2 border-line-strong bg-paper" />
          <p className="text-12 font-medium break-words">{entry.title}</p>
          {entry.detail !== undefined && <div className="text-12 text-muted">{entry.detail}</div>}
          <p className="label">
            <time dateTime={entry.at}>{formatShort(entry.at)}</time>
            {entry.by !== undefined && <> · {entry.by}</>}
          </p>
        </li>
      ))}
    </ol>
  );
}
