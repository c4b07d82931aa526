import { t } from "@lingui/core/macro";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";

import { get, post } from "@/kernel/client";
import { useAct } from "@/ui/use-act";

import type { Connection } from "../types";
import type { CatalogueImport, ImportSubject } from "./types";

const path = "/amc/connections";

/** The sign-ins that can be asked; undefined until they are known. */
export function useSignedIn(): Connection[] | undefined {
  const { data } = useQuery({
    queryKey: [path, "choice"],
    queryFn: ({ signal }) => get<{ items: Connection[] }>(path, { query: { limit: "100" }, signal }),
  });
  return data?.items.filter(({ state }) => state === "healthy");
}

/** Has Amazon asked for what it lists; what comes of it stands among the imports. */
export function useFetch(subject: ImportSubject) {
  const navigate = useNavigate();
  return useAct<string>({
    work: (connection_id) => post<CatalogueImport>(`/amc/catalogue/${subject}/fetch`, { connection_id }),
    refresh: [["/amc/catalogue/imports", "list"]],
    done: () => (subject === "asins" ? t`Amazon is asked for its products` : t`Amazon is asked for its campaigns`),
    refused: t`Amazon was not asked`,
    onDone: () => void navigate({ to: "/amc/clients/imports" }),
  });
}
