import { plural, t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate, useRouter } from "@tanstack/react-router";
import { Download, Plus } from "lucide-react";
import { useCallback, useMemo } from "react";

import { useCommands } from "@/kernel/commands";
import { useExactCount, useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useSession } from "@/kernel/session";
import { useTitle } from "@/kernel/title";
import { Button, buttonClass, Key } from "@/ui/button";
import { PageHead, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { download, toCsv } from "@/ui/table/columns";
import { Count } from "@/ui/table/count";
import { DataTable } from "@/ui/table/data-table";
import { SavedViews } from "@/ui/table/saved-views";
import { TableBar } from "@/ui/table/table-bar";
import { useColumns } from "@/ui/table/use-columns";

import { titleOf } from "../campaign-title";
import { campaignStates, stateWord } from "../states";
import type { Campaign } from "../types";
import { campaignColumns } from "./columns";
import { CampaignPeek } from "./peek";
import { campaignQuery } from "./use-campaign";

const route = getRouteApi("/app/campaigns");

export function ListPage() {
  useTitle(t`Campaigns`);
  const search = route.useSearch();
  const go = route.useNavigate();
  const navigate = useNavigate();
  const columns = useMemo(() => campaignColumns(), []);
  const { visible, setVisible, shown } = useColumns("campaigns", columns);
  const sort = search.sort ?? "-created_at";
  const list = useKeysetList<Campaign>("/campaigns", { q: search.q, state: search.state, sort }, true);
  const exact = useExactCount("/campaigns", { q: search.q, state: search.state });
  const filtered = search.q !== undefined || search.state !== undefined;
  // The empty list holds the first step itself: one primary action a page.
  const blank = !list.pending && list.error === null && list.rows.length === 0 && !filtered;
  // Reading a long list anew means reading all its pages: only what was read at once follows by itself.
  useLive({ module: "campaigns", refresh: list.rows.length > 50 ? [] : [["/campaigns", "list"]] });
  const exportRows = (rows: readonly Campaign[]) => download("campaigns.csv", toCsv(shown, rows));
  const warm = useWarm();
  const create = () => void navigate({ to: "/campaigns/new" });
  const setQuery = useCallback(
    (q: string) => void go({ search: (before) => ({ ...before, q: q === "" ? undefined : q }), replace: true }),
    [go],
  );
  useCommands("campaigns", [
    { id: "new", label: t`New campaign`, key: "n", group: t`Campaigns`, run: create },
    { id: "export", label: t`Export what is shown`, key: "e", group: t`Campaigns`, run: () => exportRows(list.rows) },
  ]);
  return (
    <>
      <PageHead
        title={<Trans>Campaigns</Trans>}
        {...(blank ? {} : { actions: <NewLink /> })}
      />
      <Sheet>
        <SavedViews
          name="campaigns"
          given={[
            { name: t`All`, search: {} },
            { name: t`Live`, search: { state: "live" } },
            { name: t`Drafts`, search: { state: "draft" } },
            { name: t`Awaiting supplier`, search: { state: "awaiting_supplier" } },
          ]}
          current={search}
          onOpen={(next) => void go({ search: next })}
        />
        <TableBar
          query={search.q ?? ""}
          onQuery={setQuery}
          placeholder={t`Title or reference`}
          filters={[
            {
              id: "state",
              label: t`State`,
              choices: campaignStates.map((value) => ({ value, label: stateWord(value) })),
            },
          ]}
          values={{ state: search.state }}
          onFilter={(id, value) => void go({ search: (before) => ({ ...before, [id]: value }) })}
          columns={columns}
          visible={visible}
          onVisible={setVisible}
          onExport={() => exportRows(list.rows)}
          loaded={list.hasMore ? list.rows.length : undefined}
          count={
            <Count
              count={list.count}
              exact={exact.count}
              busy={exact.busy}
              onExact={exact.ask}
              words={(written, value) => plural(value, { one: `${written} campaign`, other: `${written} campaigns` })}
            />
          }
        />
        {list.pending ? (
          <RowsSkeleton />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <Nothing filtered={filtered} />
        ) : (
          <DataTable
            label={t`Campaigns`}
            columns={columns}
            visible={visible}
            rows={list.rows}
            rowId={(row) => row.id}
            rowLabel={titleOf}
            sort={sort}
            onSort={(next) => void go({ search: (before) => ({ ...before, sort: next === "" ? undefined : next }) })}
            onOpen={(row) => void navigate({ to: "/campaigns/$campaignId", params: { campaignId: row.id } })}
            onHover={warm}
            peek={(row) => <CampaignPeek campaign={row} />}
            bulk={(rows, clear) => (
              <>
                <Plural value={rows.length} one="# campaign" other="# campaigns" />
                <Button icon={<Download size={13} aria-hidden />} onClick={() => exportRows(rows)}>
                  <Trans>Export</Trans>
                </Button>
                <Button tone="quiet" onClick={clear}>
                  <Trans>Clear</Trans>
                </Button>
              </>
            )}
            hasMore={list.hasMore}
            loadingMore={list.loadingMore}
            loadMore={list.loadMore}
          />
        )}
      </Sheet>
    </>
  );
}

function NewLink() {
  return (
    <Link to="/campaigns/new" preload="intent" className={buttonClass("primary")}>
      <Plus size={13} aria-hidden />
      <Trans>New campaign</Trans>
      <Key>n</Key>
    </Link>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState title={<Trans>Nothing matches</Trans>}>
        <Trans>Take a filter away or search for less.</Trans>
      </EmptyState>
    );
  }
  return (
    <EmptyState title={<Trans>No campaign yet</Trans>} action={<NewLink />}>
      <Trans>A campaign gathers real demand under published rules. Begin with a title; the rest can follow.</Trans>
    </EmptyState>
  );
}

/** Hovering a row fetches its record and its page's code. */
function useWarm() {
  const queries = useQueryClient();
  const router = useRouter();
  return (row: Campaign) => {
    // The list is still drawn for a moment when the session has ended.
    if (useSession.getState().status !== "in") return;
    void router.preloadRoute({ to: "/campaigns/$campaignId", params: { campaignId: row.id } });
    // What cannot be fetched ahead is asked for again, and told, when the row is opened.
    queries.query(campaignQuery(row.id)).catch(() => undefined);
  };
}
