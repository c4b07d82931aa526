import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";

import { get } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useIsEmpty } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { useWanted } from "@/kernel/making";
import { useTitle } from "@/kernel/title";
import { Button, buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { ServerList } from "../list/server-list";
import { permissions } from "../permissions";
import type { WorkflowItem } from "../types";
import { categories, categoryWord } from "../words";
import { libraryTabs } from "./library-tabs";
import { workflowPath } from "./use-workflow";
import { workflowColumns } from "./workflow-columns";

const NewWorkflow = lazy(() => import("./new-workflow").then((file) => ({ default: file.NewWorkflow })));
const route = getRouteApi("/app/amc/library");

/** Names in use, for the filters of the list: folders or tags. */
function useNames(path: string): string[] {
  const { data } = useQuery({
    queryKey: [workflowPath, path],
    queryFn: ({ signal }) => get<{ items: (string | { name: string })[] }>(path, { signal }),
    retry: false,
  });
  return (data?.items ?? []).map((item) => (typeof item === "string" ? item : item.name));
}

export function LibraryPage() {
  useTitle(t`Library`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const can = useCan();
  const columns = useMemo(() => workflowColumns(), []);
  const folders = useNames("/amc/folders");
  const tags = useNames("/amc/tags");
  const empty = useIsEmpty(workflowPath);
  const [making, setMaking] = useState(useWanted("/amc/library"));
  const mayEdit = can(...permissions.edit);
  const make = () => setMaking(true);
  useCommands("amc.library", mayEdit ? [{ id: "new", label: t`New workflow`, key: "n", group: t`Library`, run: make }] : []);
  const button = mayEdit && (
    <Button tone="primary" icon={<Plus size={13} aria-hidden />} shortcut="n" onClick={make}>
      <Trans>New workflow</Trans>
    </Button>
  );
  return (
    <>
      <PageHead title={<Trans>Library</Trans>} {...(empty ? {} : { actions: button })} />
      <LinkTabs label={t`Workflows, guides and schema`} tabs={libraryTabs()} />
      <ServerList<WorkflowItem>
        name="workflows"
        label={t`Workflows`}
        path={workflowPath}
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: t`Mine`, search: { owner: "me" } },
          { name: t`Favourites`, search: { favourite: "true" } },
          { name: t`Archived`, search: { archived: "true" } },
        ]}
        filters={[
          { id: "category", label: t`Category`, choices: categories.map((value) => ({ value, label: categoryWord(value) })) },
          { id: "folder", label: t`Folder`, choices: folders.map((value) => ({ value, label: value })) },
          { id: "tag", label: t`Tag`, choices: tags.map((value) => ({ value, label: value })) },
        ]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        sorted="-updated_at"
        placeholder={t`Name, description or tag`}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        onOpen={(row) => void navigate({ to: "/amc/library/$workflowId", params: { workflowId: row.id } })}
        empty={
          <EmptyState
            title={<Trans>The library is empty</Trans>}
            action={
              <div className="flex flex-wrap justify-center gap-8">
                {button}
                <Link to="/amc/library/guides" className={buttonClass("plain")}>
                  <Trans>Begin with a guide</Trans>
                </Link>
              </div>
            }
          >
            <Trans>A workflow is a query with its parameters, kept in versions. Guides bring some along.</Trans>
          </EmptyState>
        }
      />
      <Suspense>{making && <NewWorkflow onClose={() => setMaking(false)} />}</Suspense>
    </>
  );
}
