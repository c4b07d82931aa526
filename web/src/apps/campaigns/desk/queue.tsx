import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, type LinkProps } from "@tanstack/react-router";
import { ChevronRight, CircleCheck, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { useKeysetList } from "@/kernel/list";
import { formatShort } from "@/kernel/time";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

export interface QueueItem {
  id: string;
  what: ReactNode;
  amount?: string | undefined;
  at: string;
  link: LinkProps;
}

interface QueueProps<Row> {
  title: string;
  icon: LucideIcon;
  path: string;
  query: Record<string, string>;
  item: (row: Row) => QueueItem;
  all: LinkProps;
  /** What stands here while nothing waits. */
  calm: ReactNode;
}

const shown = 4;

/** One queue of the control room: how many wait, the first of them, and the way to all. */
export function Queue<Row>({ title, icon: Icon, path, query, item, all, calm }: QueueProps<Row>) {
  const list = useKeysetList<Row>(path, query);
  const count = `${list.rows.length.toLocaleString("en-GB")}${list.hasMore ? "+" : ""}`;
  const waits = list.rows.length > 0;
  return (
    <Sheet className="flex min-w-0 flex-col">
      <section aria-label={title}>
        <Link {...all} preload="intent" className="flex items-center gap-8 border-b border-line px-13 py-8 hover:bg-ground">
          <Icon size={16} strokeWidth={1.6} aria-hidden className="shrink-0 text-muted" />
          <h2 className="min-w-0 flex-1 text-12 font-semibold">{title}</h2>
          {waits && (
            <span className="rounded-full bg-warn-soft px-8 text-12 font-semibold text-warn">
              {count}
              <span className="sr-only"> {t`wait`}</span>
            </span>
          )}
          <ChevronRight size={13} aria-hidden className="shrink-0 text-muted" />
        </Link>
        {list.pending ? (
          <RowsSkeleton rows={2} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : waits ? (
          <ul>
            {list.rows.slice(0, shown).map((row) => (
              <QueueLine key={item(row).id} item={item(row)} />
            ))}
          </ul>
        ) : (
          <p className="label flex items-center gap-8 px-13 py-13">
            <CircleCheck size={13} aria-hidden className="shrink-0 text-ok" />
            {calm}
          </p>
        )}
        {list.rows.length > shown && (
          <Link {...all} className="label block px-13 py-8 hover:text-ink">
            <Trans>All {count}</Trans>
          </Link>
        )}
      </section>
    </Sheet>
  );
}

function QueueLine({ item }: { item: QueueItem }) {
  return (
    <li className="border-b border-line last:border-0">
      <Link {...item.link} preload="intent" className="flex flex-wrap items-baseline gap-x-13 px-13 py-8 text-12 hover:bg-ground">
        <span className="min-w-0 flex-1 basis-[180px] break-words">{item.what}</span>
        {item.amount !== undefined && <span className="font-medium">{item.amount}</span>}
        <span className="label w-full">{formatShort(item.at)}</span>
      </Link>
    </li>
  );
}
