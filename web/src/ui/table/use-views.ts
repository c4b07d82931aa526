import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { get, post, remove } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { isRecord, useStored } from "@/kernel/stored";

import { useAct } from "../use-act";

export type ViewSearch = Record<string, string | undefined>;

export interface View {
  name: string;
  search: ViewSearch;
}

export interface SavedView extends View {
  id: string;
}

function isView(value: unknown): value is View {
  if (!isRecord(value) || typeof value["name"] !== "string" || !isRecord(value["search"])) return false;
  return Object.values(value["search"]).every((part) => typeof part === "string");
}

const readViews = (stored: unknown) => (Array.isArray(stored) ? stored.filter(isView) : undefined);

/** Only what the address holds: a part that is not there says nothing. */
function written(search: ViewSearch): Record<string, string> {
  return Object.fromEntries(Object.entries(search).filter((part): part is [string, string] => part[1] !== undefined && part[1] !== ""));
}

/** One's own views of a list, kept for the organisation one is in; in this browser for whoever is in none. */
export function useViews(list: string) {
  const isMember = useMe()?.tenant != null;
  const [here, setHere] = useStored<View[]>(`metatron.views.${list}`, readViews, []);
  const key = ["/saved-views", list];
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => get<{ items: SavedView[] }>("/saved-views", { signal, query: { list } }),
    enabled: isMember,
  });
  const keep = useAct({
    work: ({ name, search }: View) => post<SavedView>("/saved-views", { list_name: list, name, search: written(search) }),
    refresh: [key],
    refused: t`The view was not kept`,
  });
  const drop = useAct({
    work: ({ id }: SavedView) => remove(`/saved-views/${id}`),
    refresh: [key],
    refused: t`The view is still there`,
  });
  useMoved(data === undefined ? [] : here, (views) => {
    setHere([]);
    for (const view of views) keep.mutate(view);
  });
  if (!isMember) {
    const others = ({ name }: View) => here.filter((view) => view.name !== name);
    return { own: here, save: (view: View) => setHere([...others(view), view]), forget: (view: View) => setHere(others(view)) };
  }
  const own: View[] = data?.items ?? [];
  const forget = (view: View) => {
    const kept = data?.items.find(({ name }) => name === view.name);
    if (kept !== undefined) drop.mutate(kept);
  };
  return { own, save: (view: View) => keep.mutate(view), forget };
}

/** Views of before were kept in the browser: they go along, once. */
function useMoved(views: View[], move: (views: View[]) => void): void {
  const done = useRef(false);
  useEffect(() => {
    if (done.current || views.length === 0) return;
    done.current = true;
    move(views);
  });
}
