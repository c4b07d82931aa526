import { t } from "@lingui/core/macro";

import { post } from "@/kernel/client";
import { useAct } from "@/ui/use-act";

import type { Workflow } from "../types";
import { workflowPath } from "./use-workflow";

/** Puts an archived workflow back into the library. */
export function useUnarchive({ id, name }: Pick<Workflow, "id" | "name">) {
  return useAct({
    work: () => post<Workflow>(`${workflowPath}/${id}/unarchive`),
    refresh: [[workflowPath]],
    done: () => t`${name} is in the library again`,
    refused: t`The workflow stays archived`,
  });
}
