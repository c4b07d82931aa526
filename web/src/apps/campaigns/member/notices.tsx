import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Facts, Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import type { OwnNotice } from "../talk-types";
import type { Commitment } from "../types";
import { AnswerDialog } from "./answer-dialog";

/** What changed under this commitment, and the choice it gives: stay, or leave with a full refund. */
export function OwnNotices({ commitment }: { commitment: Commitment }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/commitments", commitment.id, "notices"],
    queryFn: ({ signal }) => get<{ items: OwnNotice[] }>(`/commitments/${commitment.id}/notices`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={1} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) return null;
  return (
    <Section title={<Trans>Notices</Trans>}>
      <div className="flex flex-col gap-13">
        {data.items.map((notice) => (
          <OneNotice key={notice.id} notice={notice} commitment={commitment} />
        ))}
      </div>
    </Section>
  );
}

function OneNotice({ notice, commitment }: { notice: OwnNotice; commitment: Commitment }) {
  const [asked, setAsked] = useState<"stay" | "leave" | null>(null);
  const open = notice.can_answer;
  const extension = notice.kind === "extension";
  return (
    <Sheet className="p-13 sm:p-21">
      <div className="flex flex-wrap items-center gap-x-13 gap-y-5">
        <h3 className="text-16 font-semibold">
          {extension ? <Trans>The closing time moves</Trans> : <Trans>A delay</Trans>}
        </h3>
        <AnswerBadge notice={notice} open={open} />
      </div>
      <Facts
        facts={[
          [<Trans key="n">What</Trans>, notice.what],
          [<Trans key="n">Why</Trans>, notice.why],
          [
            extension ? <Trans key="n">New closing time</Trans> : <Trans key="n">New date, conditional</Trans>,
            formatInstant(notice.new_date_at),
          ],
          [<Trans key="n">Worst case</Trans>, notice.worst_case],
          [<Trans key="n">Answer by</Trans>, notice.answer_by === null ? "–" : formatInstant(notice.answer_by)],
        ]}
      />
      {open && (
        <>
          <p className="mt-13 text-16 text-pretty text-muted">
            <Trans>Until the date above you may leave with a full refund. Without an answer you stay.</Trans>
          </p>
          <div className="mt-13 flex flex-wrap gap-8">
            {notice.answer === null && (
              <Button size="normal" onClick={() => setAsked("stay")}>
                <Trans>Stay in</Trans>
              </Button>
            )}
            <Button size="normal" onClick={() => setAsked("leave")}>
              <Trans>Leave with a full refund</Trans>
            </Button>
          </div>
        </>
      )}
      {asked !== null && (
        <AnswerDialog answer={asked} notice={notice} commitment={commitment} onClose={() => setAsked(null)} />
      )}
    </Sheet>
  );
}

function AnswerBadge({ notice, open }: { notice: OwnNotice; open: boolean }) {
  if (notice.answer === "stay") return <Badge tone="ok">{t`You stay in`}</Badge>;
  if (notice.answer === "leave") return <Badge tone="ended">{t`You left`}</Badge>;
  return open ? <Badge tone="waiting">{t`Your answer is asked for`}</Badge> : null;
}
