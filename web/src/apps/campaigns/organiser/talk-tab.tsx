import { Trans } from "@lingui/react/macro";
import { useState, type ReactNode } from "react";

import { useKeysetList } from "@/kernel/list";
import { useCan } from "@/kernel/me";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { permissions } from "../permissions";
import type { PublicUpdate, Question } from "../talk-types";
import { AnswerQuestion } from "./answer-question";
import { UpdateDialog } from "./update-dialog";

/** What the public reads besides the rules: updates, and questions with their answers. */
export function TalkTab({ campaignId }: { campaignId: string }) {
  return (
    <div className="grid gap-34 md:grid-cols-2">
      <Updates campaignId={campaignId} />
      <Questions campaignId={campaignId} />
    </div>
  );
}

function Updates({ campaignId }: { campaignId: string }) {
  const can = useCan();
  const [writing, setWriting] = useState(false);
  const list = useKeysetList<PublicUpdate>(`/campaigns/${campaignId}/updates`, {});
  return (
    <Section
      title={<Trans>Updates</Trans>}
      actions={
        can(...permissions.create) && (
          <Button onClick={() => setWriting(true)}>
            <Trans>Publish an update</Trans>
          </Button>
        )
      }
    >
      <ListOf list={list} empty={<Trans>No update yet. One appears on the public page as soon as it is published.</Trans>}>
        {list.rows.map((update) => (
          <article key={update.id} className="border-b border-line p-13 last:border-0">
            <h3 className="text-16 font-semibold">{update.title}</h3>
            <p className="label">{formatShort(update.published_at)}</p>
            <p className="mt-5 text-12 break-words whitespace-pre-wrap">{update.text}</p>
          </article>
        ))}
      </ListOf>
      {writing && <UpdateDialog campaignId={campaignId} onClose={() => setWriting(false)} />}
    </Section>
  );
}

function Questions({ campaignId }: { campaignId: string }) {
  const can = useCan();
  const [asked, setAsked] = useState<Question | null>(null);
  const list = useKeysetList<Question>(`/campaigns/${campaignId}/questions`, {});
  return (
    <Section level title={<Trans>Questions</Trans>}>
      <ListOf list={list} empty={<Trans>No question yet. Signed-in people ask on the public page.</Trans>}>
        {list.rows.map((question) => (
          <article key={question.id} className="border-b border-line p-13 last:border-0">
            <div className="flex flex-wrap items-center justify-between gap-8">
              <p className="label">{formatShort(question.asked_at)}</p>
              <QuestionState state={question.state} />
            </div>
            <h3 className="mt-3 text-16 font-semibold break-words whitespace-pre-wrap">{question.text}</h3>
            {question.answer !== null && <p className="mt-5 text-12 break-words whitespace-pre-wrap">{question.answer}</p>}
            {question.answer === null && question.state !== "hidden" && can(...permissions.create) && (
              <Button className="mt-8" onClick={() => setAsked(question)}>
                <Trans>Answer or hide</Trans>
              </Button>
            )}
          </article>
        ))}
      </ListOf>
      {asked !== null && <AnswerQuestion campaignId={campaignId} question={asked} onClose={() => setAsked(null)} />}
    </Section>
  );
}

function QuestionState({ state }: { state: string }) {
  if (state === "answered") return <Badge tone="ok"><Trans>Public</Trans></Badge>;
  if (state === "hidden") return <Badge tone="ended"><Trans>Hidden</Trans></Badge>;
  return <Badge tone="waiting"><Trans>Waits for an answer</Trans></Badge>;
}

interface ListOfProps {
  list: Omit<ReturnType<typeof useKeysetList>, "rows"> & { rows: readonly unknown[] };
  empty: ReactNode;
  children: ReactNode;
}

function ListOf({ list, empty, children }: ListOfProps) {
  if (list.pending) return <RowsSkeleton rows={3} />;
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.rows.length === 0) return <p className="label">{empty}</p>;
  return (
    <>
      <Sheet>{children}</Sheet>
      {list.hasMore && (
        <Button className="mt-8" busy={list.loadingMore} onClick={list.loadMore}>
          <Trans>Show more</Trans>
        </Button>
      )}
    </>
  );
}
