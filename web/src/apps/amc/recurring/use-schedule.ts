import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { get, post } from "@/kernel/client";

import type { WindowRule } from "../types";
import { windowError } from "../wizard/window-rules";
import type { Rhythm, Schedule, SchedulePreview } from "./types";

export const schedulePath = "/amc/schedules";

export function useSchedule(id: string, enabled = true) {
  return useQuery({
    queryKey: [schedulePath, id],
    queryFn: ({ signal }) => get<Schedule>(`${schedulePath}/${id}`, { signal }),
    enabled,
  });
}

interface Shape {
  kind: Rhythm;
  window: WindowRule;
  time_zone: string;
  instance_id: string;
  sql?: string;
  tables?: Record<string, string>;
}

/** The next ten firings and what the first three of them would read, as the server works them out. */
export function usePreview(shape: Shape, since?: string | null, ready = true) {
  const path = `${schedulePath}/preview`;
  return useQuery({
    queryKey: [path, shape, since],
    queryFn: ({ signal }) => post<SchedulePreview>(path, shape, { signal }),
    enabled: ready && windowError(shape.window) === null,
    placeholderData: keepPreviousData,
    retry: false,
  });
}
