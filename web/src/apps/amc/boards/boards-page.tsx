import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Layers } from "lucide-react";

import { formatShort } from "@/kernel/time";
import { useLive } from "@/kernel/live";
import { useTitle } from "@/kernel/title";
import { buttonClass } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { SortChoice } from "../list/sort-choice";
import type { Board } from "./types";
import { boardPath } from "./use-board";

const route = getRouteApi("/app/amc/boards");

export function BoardsPage() {
  useTitle(t`Dashboards`);
  const { sort } = route.useSearch();
  const go = route.useNavigate();
  useLive({ module: "amc", refresh: [[boardPath, "list"]] });
  return (
    <>
      <PageHead title={<Trans>Dashboards</Trans>} />
      <RecordList<Board>
        path={boardPath}
        query={{ sort }}
        order={
          <SortChoice
            sort={sort}
            onSort={(next) => void go({ search: { sort: next }, replace: true })}
            choices={[
              { value: "name", label: t`By name` },
              { value: "collection", label: t`By collection` },
              { value: "-updated_at", label: t`Changed last first` },
            ]}
          />
        }
        row={(board) => <BoardLine board={board} />}
        empty={
          <EmptyState
            title={<Trans>No dashboard yet</Trans>}
            action={
              <Link to="/amc/runs/collections" className={buttonClass("primary")}>
                <Layers size={13} aria-hidden />
                <Trans>Choose a collection</Trans>
              </Link>
            }
          >
            <Trans>A dashboard is made of a collection in one click; it follows the collection as segments come.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}

function BoardLine({ board }: { board: Board }) {
  return (
    <Line
      title={
        <Link to="/amc/boards/$boardId" params={{ boardId: board.id }} preload="intent" className="font-medium hover:underline">
          {board.name}
        </Link>
      }
      detail={
        <>
          <span>
            <Trans>from {board.collection.name}</Trans>
          </span>
          <span>
            <Plural value={board.measures.length} one="# measure" other="# measures" />
          </span>
          {board.snapshots > 0 && (
            <span>
              <Plural value={board.snapshots} one="# snapshot" other="# snapshots" />
            </span>
          )}
          <span>
            <Trans>changed {formatShort(board.updated_at)}</Trans>
          </span>
        </>
      }
    />
  );
}
