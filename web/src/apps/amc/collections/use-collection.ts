import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { useKeysetList } from "@/kernel/list";

import type { Collection, Segment } from "./types";

export const collectionPath = "/amc/collections";

export function collectionQuery(id: string) {
  return {
    queryKey: [collectionPath, id],
    queryFn: ({ signal }: { signal: AbortSignal }) => get<Collection>(`${collectionPath}/${id}`, { signal }),
  };
}

export function useCollection(id: string, enabled = true) {
  return useQuery({ ...collectionQuery(id), enabled });
}

export const segmentsPath = (id: string) => `${collectionPath}/${id}/segments`;

/** Segments of a collection, of one client when it is named. */
export function useSegments(id: string, query: { instance_id?: string; state?: string }) {
  return useKeysetList<Segment>(segmentsPath(id), query);
}
