import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";

import type { Board, Figures } from "./types";

export const boardPath = "/amc/boards";

export function useBoard(id: string) {
  return useQuery({ queryKey: [boardPath, id], queryFn: ({ signal }) => get<Board>(`${boardPath}/${id}`, { signal }) });
}

export interface Asked extends Record<string, string | undefined> {
  from: string | undefined;
  to: string | undefined;
  compare: string;
  group: string;
  instance_id: string | undefined;
}

/** The figures of a period; the ones before stay drawn until they come. */
export function useFigures(id: string, asked: Asked | undefined) {
  return useQuery({
    queryKey: [boardPath, id, "figures", asked],
    queryFn: ({ signal }) => get<Figures>(`${boardPath}/${id}/figures`, { signal, query: asked ?? {} }),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
  });
}
