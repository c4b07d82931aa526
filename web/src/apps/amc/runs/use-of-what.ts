import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import type { Filter } from "@/ui/table/table-bar";

import { useWorkflow, workflowPath } from "../library/use-workflow";
import type { Client } from "../types";

const clientPath = "/amc/instances";
const offered = 20;

function useNamed(path: string, sort: string) {
  const { data } = useQuery({
    queryKey: [path, "offered"],
    queryFn: ({ signal }) => get<Page<Pick<Client, "id" | "name">>>(path, { signal, query: { limit: offered, sort } }),
    staleTime: 60_000,
  });
  return (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }));
}

function withChosen(choices: Filter["choices"], id: string | undefined, name: string | undefined): Filter["choices"] {
  if (id === undefined || choices.some(({ value }) => value === id)) return choices;
  return [{ value: id, label: name ?? "…" }, ...choices];
}

/** Of which client and workflow runs are shown: a few to choose from, and whichever the address names. */
export function useOfWhat(search: { instance_id?: string | undefined; workflow_id?: string | undefined }): Filter[] {
  const { instance_id: clientId, workflow_id: workflowId } = search;
  const clients = useNamed(clientPath, "name");
  const workflows = useNamed(workflowPath, "-updated_at");
  const workflow = useWorkflow(workflowId ?? "", workflowId !== undefined);
  const client = useQuery({
    queryKey: [clientPath, clientId],
    queryFn: ({ signal }) => get<Client>(`${clientPath}/${clientId ?? ""}`, { signal }),
    enabled: clientId !== undefined,
  });
  return [
    { id: "instance_id", label: t`Client`, choices: withChosen(clients, clientId, client.data?.name) },
    { id: "workflow_id", label: t`Workflow`, choices: withChosen(workflows, workflowId, workflow.data?.name) },
  ];
}
