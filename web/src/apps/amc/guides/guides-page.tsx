import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { libraryTabs } from "../library/library-tabs";
import { LinkTabs } from "../list/link-tabs";
import type { GuideItem } from "../types";
import { categoryWord, plainWord } from "../words";
import { Progress } from "./progress";

export function GuidesPage() {
  useTitle(t`Guides`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/amc/guides"],
    queryFn: ({ signal }) => get<Page<GuideItem>>("/amc/guides", { signal }),
  });
  const categories = [...new Set((data?.items ?? []).map(({ category }) => category))];
  return (
    <>
      <PageHead title={<Trans>Library</Trans>} />
      <LinkTabs label={t`Workflows, guides and schema`} tabs={libraryTabs()} />
      {isPending ? (
        <PageSkeleton />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.items.length === 0 ? (
        <EmptyState title={<Trans>No guide yet</Trans>}>
          <Trans>Guides come with the product, each with queries to use and rows to look at.</Trans>
        </EmptyState>
      ) : (
        categories.map((category) => (
          <section key={category} className="mb-34">
            <h2 className="mb-8 text-12 font-semibold">{categoryWord(category)}</h2>
            <ul className="grid gap-13 sm:grid-cols-2 lg:grid-cols-3">
              {data.items
                .filter((guide) => guide.category === category)
                .map((guide) => (
                  <li key={guide.slug}>
                    <Card guide={guide} />
                  </li>
                ))}
            </ul>
          </section>
        ))
      )}
    </>
  );
}

function Card({ guide }: { guide: GuideItem }) {
  return (
    <Link
      to="/amc/library/guides/$slug"
      params={{ slug: guide.slug }}
      preload="intent"
      className="flex h-full flex-col gap-5 rounded-8 border border-line bg-paper p-13 hover:border-line-strong"
    >
      <span className="text-16 font-medium">{guide.title}</span>
      <span className="line-clamp-3 text-12 text-muted">{guide.summary}</span>
      <span className="label mt-auto flex flex-wrap items-center gap-x-13 pt-5">
        <span>{plainWord(guide.difficulty)}</span>
        <span>
          <Plural value={guide.minutes} one="# minute" other="# minutes" />
        </span>
        <Progress {...guide.progress} />
      </span>
    </Link>
  );
}
