import { t } from "@lingui/core/macro";
import { useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query";
import { clsx } from "clsx";
import { Star } from "lucide-react";

import type { Page } from "@/kernel/api-types";
import { put, remove } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { sayRefused } from "@/ui/toast";

interface Marked {
  id: string;
  name: string;
  favourite: boolean;
}

type Lists = InfiniteData<Page<Marked>>;

function mark(lists: Lists, id: string, favourite: boolean): Lists {
  const pages = lists.pages.map((page) => ({
    ...page,
    items: page.items.map((item) => (item.id === id ? { ...item, favourite } : item)),
  }));
  return { ...lists, pages };
}

/** Marks a record as a favourite of one's own: seen at once, taken back when the server refuses. */
function useFavourite(path: string, row: Marked) {
  const queries = useQueryClient();
  const show = (favourite: boolean) => {
    queries.setQueriesData<Lists>({ queryKey: [path, "list"] }, (lists) => lists && mark(lists, row.id, favourite));
    queries.setQueriesData<Marked>({ queryKey: [path, row.id], exact: true }, (one) => one && { ...one, favourite });
  };
  return useMutation({
    mutationFn: (on: boolean) => (on ? put(`${path}/${row.id}/favourite`) : remove(`${path}/${row.id}/favourite`)),
    onMutate: show,
    // By then the row shows what was asked for: what it was is the opposite.
    onError: (error, on) => {
      show(!on);
      sayRefused(t`The star stays as it was`, asProblem(error).said);
    },
  });
}

export function Favourite({ path, row }: { path: string; row: Marked }) {
  const { mutate } = useFavourite(path, row);
  return (
    <button
      type="button"
      aria-pressed={row.favourite}
      aria-label={t`Favourite: ${row.name}`}
      title={row.favourite ? t`No longer a favourite` : t`Make it a favourite`}
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        event.stopPropagation();
        mutate(!row.favourite);
      }}
      className="inline-flex size-34 items-center justify-center rounded-5 text-muted hover:bg-sunken hover:text-ink"
    >
      <Star size={16} aria-hidden className={clsx(row.favourite && "fill-highlight text-ink")} />
    </button>
  );
}

export function FavouriteButton({ client }: { client: Marked }) {
  return <Favourite path="/amc/instances" row={client} />;
}
