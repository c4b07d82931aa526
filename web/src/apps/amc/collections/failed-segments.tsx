import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { useAct } from "@/ui/use-act";

import { windowText } from "../figures";
import { permissions } from "../permissions";
import type { Collection, Segment } from "./types";
import { collectionPath, segmentsPath, useSegments } from "./use-collection";

const first = 3;

/** What failed after three tries, each with its reason; one or all of it is tried again. */
export function FailedSegments({ collection }: { collection: Collection }) {
  const { id, counts } = collection;
  const can = useCan();
  const may = can(...permissions.edit) && can(...permissions.run);
  const [all, setAll] = useState(false);
  const list = useSegments(id, { state: "failed" });
  const retry = useAct<string | null>({
    work: (segment) => post(`${collectionPath}/${id}/retry`, segment === null ? {} : { segment_ids: [segment] }),
    refresh: [[collectionPath, id], [segmentsPath(id)]],
    done: () => t`It is tried again`,
    refused: t`Nothing is tried again`,
  });
  const shown = all ? list.rows : list.rows.slice(0, first);
  return (
    <section aria-label={t`Failed segments`} className="mb-21 rounded-8 border border-bad bg-paper">
      <header className="flex flex-wrap items-center justify-between gap-8 px-13 py-8">
        <h2 className="text-12 font-semibold text-bad">
          <Plural value={counts.failed} one="# segment failed" other="# segments failed" />
        </h2>
        {may && (
          <Button icon={<RotateCw size={13} aria-hidden />} busy={retry.isPending} onClick={() => retry.mutate(null)}>
            <Trans>Try all again</Trans>
          </Button>
        )}
      </header>
      <ul className="text-12">
        {shown.map((segment) => (
          <li key={segment.id} className="flex flex-wrap items-center gap-x-13 gap-y-5 border-t border-line px-13 py-8">
            <div className="min-w-0 flex-1 basis-[200px]">
              <p className="font-medium">
                {segment.instance.name} · {windowText(segment.start, segment.end)}
              </p>
              <p className="line-clamp-2 text-bad">{segment.problem}</p>
            </div>
            <RunLink segment={segment} />
            {may && (
              <Button tone="quiet" aria-label={t`Try again: ${segment.instance.name}, ${windowText(segment.start, segment.end)}`} disabled={retry.isPending} onClick={() => retry.mutate(segment.id)}>
                <Trans>Try again</Trans>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {!all && list.rows.length > first && (
        <div className="border-t border-line p-5">
          <Button tone="quiet" onClick={() => setAll(true)}>
            <Trans>Show more</Trans>
          </Button>
        </div>
      )}
    </section>
  );
}

function RunLink({ segment }: { segment: Segment }) {
  if (segment.run_id === null) return null;
  return (
    <Link to="/amc/runs/$runId" params={{ runId: segment.run_id }} className="text-link hover:underline">
      <Trans>Its last run</Trans>
    </Link>
  );
}
