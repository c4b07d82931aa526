import { t } from "@lingui/core/macro";

import { post } from "@/kernel/client";
import { say, sayRefused } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import type { Destination, Trial } from "./types";

export const destinationPath = "/amc/destinations";

/** Tries whether a destination would take a result now. */
export function useTrial({ id }: Pick<Destination, "id">, onDone?: (trial: Trial) => void) {
  return useAct({
    work: () => post<Trial>(`${destinationPath}/${id}/test`),
    refresh: [],
    refused: t`It could not be tried`,
    ...(onDone === undefined ? {} : { onDone }),
  });
}

/** Tells in passing what a trial came to. */
export function sayTrial(name: string, { ok, problem }: Trial): void {
  if (ok) say({ title: t`${name} takes results` });
  else sayRefused(t`${name} takes nothing`, problem ?? "");
}
