import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { Page } from "@/kernel/api-types";
import { useAttempt } from "@/kernel/attempt";
import { get, post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { Guide, GuideItem, Workflow } from "../types";
import { categoryWord } from "../words";

interface GuideChoicesProps {
  /** What was typed to find something. */
  words: string;
  onPick: (workflow: Workflow) => void;
}

const few = 6;
const levels = ["beginner", "intermediate", "advanced"];

/** The easy ones come first; a level that is not known comes last. */
function ease({ difficulty }: GuideItem): number {
  const level = levels.indexOf(difficulty);
  return level === -1 ? levels.length : level;
}

/** Queries of the guides, which run as they are: the chosen one is copied into the library on the way. */
export function GuideChoices({ words, onPick }: GuideChoicesProps) {
  const [all, setAll] = useState(false);
  const attempt = useAttempt();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/amc/guides"],
    queryFn: ({ signal }) => get<Page<GuideItem>>("/amc/guides", { signal }),
  });
  const take = useAct<string, Workflow>({
    work: async (slug) => {
      const { sections } = await get<Guide>(`/amc/guides/${slug}`);
      const body = { query: sections.find(({ kind }) => kind === "query")?.key };
      return post<Workflow>(`/amc/guides/${slug}/use`, body, { idempotencyKey: attempt.key({ slug, ...body }) });
    },
    refresh: [["/amc/workflows", "list"]],
    done: ({ name }) => t`${name} is in the library`,
    refused: t`Nothing was copied`,
    onDone: onPick,
    onRefused: attempt.refused,
  });
  const sought = words.toLowerCase();
  const found = (data?.items ?? [])
    .filter(({ title, summary }) => `${title} ${summary}`.toLowerCase().includes(sought))
    .toSorted((one, other) => ease(one) - ease(other));
  if (data !== undefined && found.length === 0) return null;
  return (
    <section aria-labelledby="guide-choices" className="mt-21">
      <h2 id="guide-choices" className="mb-8 text-12 font-semibold">
        <Trans>From the guides: these run as they are</Trans>
      </h2>
      <Sheet>
        {isPending ? (
          <RowsSkeleton rows={4} />
        ) : error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <ul>
            {(all ? found : found.slice(0, few)).map(({ slug, title, summary, category }) => (
              <li key={slug} className="border-b border-line last:border-0">
                <button
                  type="button"
                  disabled={take.isPending}
                  aria-busy={take.isPending && take.variables === slug}
                  onClick={() => take.mutate(slug)}
                  className="block w-full px-13 py-8 text-left hover:bg-ground disabled:opacity-55 sm:px-21"
                >
                  <span className="flex flex-wrap items-baseline justify-between gap-x-13">
                    <span className="text-16">{title}</span>
                    <span className="label">{categoryWord(category)}</span>
                  </span>
                  <span className="line-clamp-2 text-12 text-muted">{summary}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
        {!all && found.length > few && (
          <div className="p-8">
            <Button tone="quiet" onClick={() => setAll(true)}>
              <Plural value={found.length - few} one="Show # more guide" other="Show # more guides" />
            </Button>
          </div>
        )}
      </Sheet>
    </section>
  );
}
