import { t } from "@lingui/core/macro";

import { post, remove } from "@/kernel/client";
import { useAct } from "@/ui/use-act";

import type { Schedule } from "./types";
import { schedulePath } from "./use-schedule";

type Named = Pick<Schedule, "id" | "name">;

const touched = [[schedulePath], ["/amc/home"]];

/** Holds a schedule, or lets it go on. */
export function useHold({ id, name }: Named) {
  return useAct<"pause" | "resume">({
    work: (verb) => post(`${schedulePath}/${id}/${verb}`),
    refresh: touched,
    done: (_, verb) => (verb === "pause" ? t`${name} is held` : t`${name} goes on`),
    refused: t`The schedule stays as it is`,
  });
}

/** Makes a schedule one's own whose maker has left; it fires again from now on. */
export function useTakeOver({ id, name }: Named) {
  return useAct({
    work: () => post(`${schedulePath}/${id}/take-over`),
    refresh: touched,
    done: () => t`${name} is yours and goes on`,
    refused: t`The schedule stays as it is`,
  });
}

/** Takes a schedule away; `onDone` leaves its page before that is read anew. */
export function useEnd({ id, name }: Named, onDone?: () => void) {
  return useAct({
    work: () => remove(`${schedulePath}/${id}`),
    refresh: [[schedulePath, "list"], ["/amc/home"]],
    done: () => t`${name} is repeated no more`,
    refused: t`The schedule stays`,
    ...(onDone === undefined ? {} : { onDone }),
  });
}
