import { t } from "@lingui/core/macro";

import { post, remove } from "@/kernel/client";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import type { Schedule } from "./types";
import { schedulePath } from "./use-schedule";

type Named = Pick<Schedule, "id" | "name">;

const key = [schedulePath];
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

/** Takes a schedule away, with time to undo it. */
export function useEnd({ id, name }: Named) {
  const drop = useUndoable(key);
  return () =>
    drop({
      id,
      done: t`${name} is repeated no more`,
      refused: t`The schedule stays`,
      work: () => remove(`${schedulePath}/${id}`),
      refresh: [["/amc/home"]],
    });
}
