import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { Section, Sheet } from "@/ui/page";
import { ErrorState } from "@/ui/states";

import { ToldIssueCard } from "../issues/told-issue";
import type { OwnIssues as Answer } from "../issues/types";

export function useOwnIssues(commitmentId: string) {
  return useQuery({
    queryKey: ["/commitments", commitmentId, "issues"],
    queryFn: ({ signal }) => get<Answer>(`/commitments/${commitmentId}/issues`, { signal }),
  });
}

/** What the member reported, what the supplier says to it and what was decided; nothing where there is none. */
export function OwnIssues({ commitmentId }: { commitmentId: string }) {
  const { data, error, refetch } = useOwnIssues(commitmentId);
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Section
      title={<Trans>Reported issues</Trans>}
      hint={<Trans>While one is not decided, nothing of this commitment is released.</Trans>}
    >
      <Sheet>
        {data.items.map((issue) => (
          <ToldIssueCard key={issue.id} issue={issue} currency={data.currency} own="member" />
        ))}
      </Sheet>
    </Section>
  );
}
