import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";

import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton, RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import type { Collection } from "../collections/types";
import { useCollection } from "../collections/use-collection";
import { windowText } from "../figures";
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
  const collection = useCollection(board.data?.collection.id ?? "", board.data !== undefined);
  useTitle(board.data?.name ?? t`Dashboard`);
  useLive({ module: "amc", refresh: [[boardPath, boardId], ["/amc/collections", board.data?.collection.id ?? ""]] });
  const error = board.error ?? collection.error;
  if (error !== null) return <ErrorState error={error} onRetry={() => void Promise.all([board.refetch(), collection.refetch()])} />;
  if (board.data === undefined || collection.data === undefined) return <PageSkeleton />;
  return <Record board={board.data} collection={collection.data} />;
}

function Record({ board, collection }: { board: Board; collection: Collection }) {
  const search = route.useSearch();
  const go = route.useNavigate();
  const rule = collection.segments;
  const asked: Asked = {
    ...periodOf(rule, search.from, search.to),
    compare: comparisonOf(search.compare),
    group: groupingOf(search.group, rule.unit),
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
            <Link to="/amc/runs/collections/$collectionId" params={{ collectionId: collection.id }} className="text-link hover:underline">
              {collection.name}
            </Link>
            {" · "}
            {windowText(asked.from, asked.to)}
          </span>
        }
        actions={<BoardActions board={board} asked={asked} collection={collection} />}
      />
      <PeriodBar collection={collection} search={search} onChange={(next) => void go({ search: next, replace: true })} />
      <Shown board={board} collection={collection} asked={asked} />
    </>
  );
}

function Shown({ board, collection, asked }: { board: Board; collection: Collection; asked: Asked }) {
  const { data, error, isPending, refetch } = useFigures(board.id, asked);
  if (isPending) return <RowsSkeleton rows={6} />;
  if (error !== null && data === undefined) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const tiles = tilesOf(board, data);
  return (
    <>
      {data.missing.length > 0 && <MissingList missing={data.missing} collection={collection} />}
      {tiles.length === 0 ? (
        <EmptyState title={<Trans>No measure is shown</Trans>}>
          <Trans>Edit the measures to choose what stands here.</Trans>
        </EmptyState>
      ) : (
        <Tiles tiles={tiles} provisional={data.provisional} compared={data.compared !== null} />
      )}
    </>
  );
}
