import { t } from "@lingui/core/macro";

import { post } from "@/kernel/client";
import { useAct } from "@/ui/use-act";

import type { Collection } from "./types";
import { collectionPath } from "./use-collection";

/** Holds a collection, or lets it go on: one whose maker is gone in the name of who wants it to. */
export function useHold({ id, name }: Collection) {
  return useAct<"pause" | "resume">({
    work: (verb) => post(`${collectionPath}/${id}/${verb}`),
    refresh: [[collectionPath]],
    done: (_, verb) => (verb === "pause" ? t`${name} is held` : t`${name} goes on`),
    refused: t`The collection stays as it is`,
  });
}
