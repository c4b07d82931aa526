import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { FilePlus2, Play } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { get, post, put } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { asProblem } from "@/kernel/problem";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { PageHead } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { sayRefused } from "@/ui/toast";
import { useAct } from "@/ui/use-act";

import { SqlView } from "../editor/sql-view";
import { permissions } from "../permissions";
import type { Guide, GuideSection, Workflow } from "../types";
import { categoryWord, plainWord } from "../words";
import { Markdown } from "./markdown";
import { Progress } from "./progress";
import { Sample } from "./sample";

const RunHere = lazy(() => import("../editor/run-here").then((file) => ({ default: file.RunHere })));
const route = getRouteApi("/app/amc/library/guides/$slug");
const keyOf = (slug: string) => ["/amc/guides", slug];

export function GuidePage() {
  const { slug } = route.useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: keyOf(slug),
    queryFn: ({ signal }) => get<Guide>(`/amc/guides/${slug}`, { signal }),
  });
  useTitle(data?.title ?? t`Guide`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Read guide={data} />;
}

/** Notes that a section was read: ticked at once, taken back when the server refuses. */
function useRead(guide: Guide) {
  const queries = useQueryClient();
  const show = (key: string, done: boolean) =>
    queries.setQueryData<Guide>(keyOf(guide.slug), (before) => {
      if (before === undefined) return before;
      const sections = before.sections.map((section) => (section.key === key ? { ...section, done } : section));
      return { ...before, sections, progress: { ...before.progress, done: sections.filter((section) => section.done).length } };
    });
  return useMutation({
    mutationFn: ({ key, done }: { key: string; done: boolean }) => put(`/amc/guides/${guide.slug}/progress`, { section: key, done }),
    onMutate: ({ key, done }) => show(key, done),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["/amc/guides"], exact: true }),
    onError: (error, { key, done }) => {
      show(key, !done);
      sayRefused(t`Your progress stays as it was`, asProblem(error).said);
    },
  });
}

function Read({ guide }: { guide: Guide }) {
  const read = useRead(guide);
  return (
    <>
      <PageHead
        above={
          <>
            <Link to="/amc/library/guides" className="hover:text-ink">
              <Trans>Guides</Trans>
            </Link>
            <span aria-hidden>/</span>
            <span>{categoryWord(guide.category)}</span>
          </>
        }
        title={guide.title}
        below={guide.summary}
        beside={
          <span className="label flex flex-wrap items-center gap-x-13">
            <span>{plainWord(guide.difficulty)}</span>
            <span>
              <Plural value={guide.minutes} one="# minute" other="# minutes" />
            </span>
            <Progress {...guide.progress} />
          </span>
        }
      />
      <div className="grid grid-cols-[minmax(0,1fr)] gap-34 md:grid-cols-[200px_minmax(0,1fr)]">
        <nav aria-label={t`Sections`} className="md:sticky md:top-55 md:self-start">
          <ol className="text-12">
            {guide.sections.map((section) => (
              <li key={section.key}>
                <a href={`#${section.key}`} className="block py-5 text-muted hover:text-ink">
                  {section.done ? "✓ " : ""}
                  {section.title}
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <div className="min-w-0">
          {guide.sections.map((section) => (
            <Section key={section.key} guide={guide} section={section} onDone={(done) => read.mutate({ key: section.key, done })} />
          ))}
        </div>
      </div>
    </>
  );
}

interface SectionProps {
  guide: Guide;
  section: GuideSection;
  onDone: (done: boolean) => void;
}

function Section({ guide, section, onDone }: SectionProps) {
  return (
    <section id={section.key} className="mb-34 scroll-mt-55 border-b border-line pb-21 last:border-0">
      <div className="mb-13 flex flex-wrap items-center justify-between gap-13">
        <h2 className="text-20 font-semibold">{section.title}</h2>
        {section.kind === "query" && (
          <div className="flex flex-wrap gap-8">
            <TryQuery section={section} />
            <UseQuery guide={guide} section={section} />
          </div>
        )}
      </div>
      {section.markdown !== null && <Markdown text={section.markdown} />}
      {section.sql !== null && <SqlView sql={section.sql} className="mt-13 max-h-[55dvh]" />}
      {section.sample !== null && <Sample sample={section.sample} />}
      <div className="mt-13">
        <Checkbox checked={section.done} onChange={onDone} label={<Trans>Read</Trans>} />
      </div>
    </section>
  );
}

/** Runs a query of a guide for a client as it stands, without a copy in the library. */
function TryQuery({ section }: { section: GuideSection }) {
  const can = useCan();
  const [choosing, setChoosing] = useState(false);
  if (section.sql === null || !can(...permissions.run)) return null;
  const draft = { sql: section.sql, parameters: section.parameters ?? [], privacy: "REMOVE_ROWS" as const };
  return (
    <>
      <Button icon={<Play size={13} aria-hidden />} onClick={() => setChoosing(true)}>
        <Trans>Try it now</Trans>
      </Button>
      <Suspense>{choosing && <RunHere workflow={null} draft={draft} onClose={() => setChoosing(false)} />}</Suspense>
    </>
  );
}

/** Copies a query of a guide into the library, where it can be changed and run. */
function UseQuery({ guide, section }: { guide: Guide; section: GuideSection }) {
  const can = useCan();
  const navigate = useNavigate();
  const attempt = useAttempt();
  const use = useAct({
    work: () => {
      const body = { query: section.key };
      return post<Workflow>(`/amc/guides/${guide.slug}/use`, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [["/amc/workflows", "list"]],
    done: ({ name }) => t`${name} is in the library`,
    refused: t`Nothing was copied`,
    onDone: ({ id }) => void navigate({ to: "/amc/library/$workflowId", params: { workflowId: id } }),
    onRefused: attempt.refused,
  });
  if (!can(...permissions.edit)) return null;
  return (
    <Button tone="primary" icon={<FilePlus2 size={13} aria-hidden />} busy={use.isPending} onClick={() => use.mutate()}>
      <Trans>Use this query</Trans>
    </Button>
  );
}
