import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Layers } from "lucide-react";
import { useMemo } from "react";

import { useIsEmpty } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState } from "@/ui/states";

import { LinkTabs } from "../list/link-tabs";
import { ServerList } from "../list/server-list";
import { permissions } from "../permissions";
import { runTabs } from "../runs/run-tabs";
import { collectionColumns } from "./collection-columns";
import { collectionStates, type Collection } from "./types";
import { collectionPath } from "./use-collection";
import { collectionWord } from "./words";

const route = getRouteApi("/app/amc/runs/collections");

export function CollectionsPage() {
  useTitle(t`Collections`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const columns = useMemo(() => collectionColumns(), []);
  const empty = useIsEmpty(collectionPath);
  const can = useCan();
  const may = can(...permissions.edit) && can(...permissions.run);
  const begin = (
    <Link to="/amc/runs/collections/new" className={buttonClass("primary")}>
      <Layers size={13} aria-hidden />
      <Trans>Collect over time</Trans>
    </Link>
  );
  return (
    <>
      <PageHead title={<Trans>Runs</Trans>} {...(may && !empty ? { actions: begin } : {})} />
      <LinkTabs label={t`Runs, schedules and collections`} tabs={runTabs()} />
      <ServerList<Collection>
        name="collections"
        label={t`Collections`}
        path={collectionPath}
        columns={columns}
        views={[
          { name: t`All`, search: {} },
          { name: collectionWord("collecting"), search: { state: "collecting" } },
          { name: collectionWord("failing"), search: { state: "failing" } },
        ]}
        filters={[{ id: "state", label: t`State`, choices: collectionStates.map((value) => ({ value, label: collectionWord(value) })) }]}
        search={search}
        onSearch={(next) => void go({ search: next, replace: true })}
        sorted="-created_at"
        placeholder={t`Name of the collection`}
        rowId={(row) => row.id}
        rowLabel={(row) => row.name}
        onOpen={(row) => void navigate({ to: "/amc/runs/collections/$collectionId", params: { collectionId: row.id } })}
        empty={
          <EmptyState title={<Trans>Nothing is collected yet</Trans>} action={may && begin}>
            <Trans>A collection asks one workflow for each week, month or day and for as many clients as you like. Dashboards are made of it.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}
