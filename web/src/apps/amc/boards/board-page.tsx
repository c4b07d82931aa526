import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { asProblem } from "@/kernel/problem";
import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import type { Collection } from "../collections/types";
import { collectionPath, useCollection } from "../collections/use-collection";
import { windowText } from "../figures";
import { useToday } from "../today";
import { BoardActions } from "./board-actions";
import { MissingList } from "./missing-list";
import { comparisonOf, groupingOf, periodOf } from "./period";
import { PeriodBar } from "./period-bar";
import { tilesOf } from "./shown";
import { Tiles } from "./tiles";
import type { Board } from "./types";
import { boardPath, useBoard, useFigures, type Asked } from "./use-board";

const route = getRouteApi("/app/amc/boards/$boardId");

export function BoardPage() {
  const { boardId } = route.useParams();
  const board = useBoard(boardId);
  const collectionId = board.data?.collection.id ?? "";
  const collection = useCollection(collectionId, board.data !== undefined);
  useTitle(board.data?.name ?? t`Dashboard`);
  useLive({ module: "amc", refresh: [[boardPath, boardId], [collectionPath, collectionId]] });
  // A board outlives the collection that it was made of.
  const archived = collection.error !== null && asProblem(collection.error).missing;
  const error = board.error ?? (archived ? null : collection.error);
  if (error !== null) return <ErrorState error={error} onRetry={() => void Promise.all([board.refetch(), collection.refetch()])} />;
  if (board.data === undefined || (collection.data === undefined && !archived)) return <PageSkeleton />;
  return <Record board={board.data} collection={collection.data ?? null} />;
}

function Record({ board, collection }: { board: Board; collection: Collection | null }) {
  const search = route.useSearch();
  const go = route.useNavigate();
  const { unit } = board.collection;
  const rule = collection?.segments ?? null;
  const clients = collection?.clients ?? [];
  const today = useToday(collection?.time_zone ?? "UTC");
  const period = periodOf(rule, today, search.from, search.to);
  const asked: Asked = {
    from: period.from,
    to: period.to,
    compare: comparisonOf(search.compare),
    group: groupingOf(search.group, unit),
    instance_id: search.client,
  };
  return (
    <>
      <PageHead
        above={
          <Link to="/amc/boards" className="hover:text-ink print:hidden">
            <Trans>Dashboards</Trans>
          </Link>
        }
        title={board.name}
        below={
          <span className="text-12">
            {collection === null ? (
              <Trans>{board.collection.name}, archived</Trans>
            ) : (
              <Link to="/amc/runs/collections/$collectionId" params={{ collectionId: collection.id }} className="text-link hover:underline">
                {collection.name}
              </Link>
            )}
          </span>
        }
        actions={<BoardActions board={board} asked={asked} clients={clients} />}
      />
      <PeriodBar unit={unit} rule={rule} clients={clients} period={period} today={today} search={search} onChange={(next) => void go({ search: next, replace: true })} />
      <Shown board={board} asked={asked} nameOf={(id) => clients.find((client) => client.id === id)?.name ?? ""} />
    </>
  );
}

function Shown({ board, asked, nameOf }: { board: Board; asked: Asked; nameOf: (clientId: string) => string }) {
  const { data, error, isPending, refetch } = useFigures(board.id, asked);
  if (isPending) return <RowsSkeleton rows={6} />;
  if (data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const { period, compared, missing, provisional } = data;
  const tiles = tilesOf(board, data, asked.group === "segment");
  return (
    <>
      <p className="mb-8 text-12 text-muted" role="status">
        {windowText(period.start, period.end)}
        {compared !== null && (
          <>
            {", "}
            <Trans>compared with {windowText(compared.start, compared.end)}</Trans>
          </>
        )}
      </p>
      {missing.length > 0 && <MissingList missing={missing} collectionId={board.collection.id} nameOf={nameOf} />}
      {tiles.length === 0 ? (
        <EmptyState title={<Trans>No measure is shown</Trans>}>
          <Trans>Edit the measures to choose what stands here.</Trans>
        </EmptyState>
      ) : (
        <Tiles tiles={tiles} provisional={provisional} compared={compared !== null} />
      )}
    </>
  );
}
