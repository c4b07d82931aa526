import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Section } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { AnsweredQuestion, PublicUpdate, Talk } from "../talk-types";
import type { PublicCampaign } from "../types";
import { AskQuestion } from "./ask-question";

interface TalkProps {
  orgSlug: string;
  campaign: PublicCampaign;
}

/** What the organiser told everybody since publication, and the questions that were answered. */
export function CampaignTalk({ orgSlug, campaign }: TalkProps) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/public", orgSlug, campaign.slug, "talk"],
    queryFn: ({ signal }) => get<Talk>(`/public/${orgSlug}/campaigns/${campaign.slug}/talk`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={3} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Section title={<Trans>Updates</Trans>}>
        <Updates updates={data.updates} zone={campaign.time_zone} />
      </Section>
      <Section title={<Trans>Questions and answers</Trans>}>
        <Questions questions={data.questions} zone={campaign.time_zone} />
        <AskQuestion orgSlug={orgSlug} campaign={campaign} />
      </Section>
    </>
  );
}

function Updates({ updates, zone }: { updates: readonly PublicUpdate[]; zone: string }) {
  if (updates.length === 0) {
    return (
      <p className="text-16 text-muted">
        <Trans>No update yet. When something changes, it is told here and to every participant by mail.</Trans>
      </p>
    );
  }
  return (
    <ol>
      {updates.map((update) => (
        <li key={update.id} className="border-b border-line py-13 first:pt-0 last:border-0">
          <h3 className="text-16 font-semibold">{update.title}</h3>
          <p className="label">
            <time dateTime={update.published_at}>{formatInstant(update.published_at, zone)}</time>
          </p>
          <p className="mt-5 text-16 text-pretty break-words whitespace-pre-wrap text-muted">{update.text}</p>
        </li>
      ))}
    </ol>
  );
}

function Questions({ questions, zone }: { questions: readonly AnsweredQuestion[]; zone: string }) {
  if (questions.length === 0) {
    return (
      <p className="text-16 text-muted">
        <Trans>No question has been answered yet.</Trans>
      </p>
    );
  }
  return (
    <dl>
      {questions.map((question) => (
        <div key={question.id} className="border-b border-line py-13 first:pt-0 last:border-0">
          <dt className="text-16 font-semibold break-words whitespace-pre-wrap">{question.text}</dt>
          <dd className="mt-5 text-16 text-pretty break-words whitespace-pre-wrap text-muted">
            {question.answer}
            <span className="label block">
              <Trans>
                Answered <time dateTime={question.answered_at}>{formatInstant(question.answered_at, zone)}</time>
              </Trans>
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
