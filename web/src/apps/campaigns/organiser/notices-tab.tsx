import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get, post } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Facts, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Notice } from "../talk-types";
import type { Campaign } from "../types";
import { NoticeDialog } from "./notice-dialog";

/** Extensions asked for and delays told; members answer each with stay or leave. */
export function NoticesTab({ campaign }: { campaign: Campaign }) {
  const can = useCan();
  const [asked, setAsked] = useState<"extension" | "delay" | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaigns", campaign.id, "notices"],
    queryFn: ({ signal }) => get<{ items: Notice[] }>(`/campaigns/${campaign.id}/notices`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={3} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const may = can(...permissions.create);
  const asking = data.items.some(({ state }) => state === "requested");
  const mayExtend = may && !asking && campaign.state === "live" && campaign.extended_at === null;
  const mayDelay = may && ["confirmed", "procuring", "fulfilling"].includes(campaign.state);
  return (
    <>
      {(mayExtend || mayDelay) && (
        <div className="mb-13 flex flex-wrap gap-8">
          {mayExtend && (
            <Button onClick={() => setAsked("extension")}>
              <Trans>Request an extension</Trans>
            </Button>
          )}
          {mayDelay && (
            <Button onClick={() => setAsked("delay")}>
              <Trans>Give notice of a delay</Trans>
            </Button>
          )}
        </div>
      )}
      {data.items.length === 0 ? (
        <EmptyState title={<Trans>No notice yet</Trans>}>
          <Trans>
            A live campaign may be extended once. After acceptance every delay is told here at once, and each member
            answers: stay, or leave with a full refund.
          </Trans>
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-13">
          {data.items.map((notice) => (
            <NoticeSheet key={notice.id} notice={notice} campaign={campaign} />
          ))}
        </div>
      )}
      {asked !== null && <NoticeDialog kind={asked} campaign={campaign} onClose={() => setAsked(null)} />}
    </>
  );
}

function NoticeSheet({ notice, campaign }: { notice: Notice; campaign: Campaign }) {
  const can = useCan();
  const refuse = useAct({
    work: () => post<Notice>(`/notices/${notice.id}/refuse`),
    refresh: [["/campaigns", campaign.id]],
    done: () => t`Refused: the closing time stays`,
    refused: t`The request stays open`,
  });
  const at = (instant: string | null) => (instant === null ? "–" : formatInstant(instant, campaign.time_zone));
  return (
    <Sheet className="px-13 py-8">
      <div className="flex flex-wrap items-center justify-between gap-8">
        <h3 className="flex flex-wrap items-center gap-8 text-16 font-semibold">
          {notice.kind === "extension" ? <Trans>Extension</Trans> : <Trans>Delay</Trans>}
          <NoticeState state={notice.state} />
        </h3>
        {notice.state === "requested" && can(...permissions.review) && (
          <Button tone="danger" busy={refuse.isPending} onClick={() => refuse.mutate()}>
            <Trans>Refuse the extension</Trans>
          </Button>
        )}
      </div>
      <Facts
        dense
        facts={[
          [<Trans key="n">What</Trans>, notice.what],
          [<Trans key="n">Why</Trans>, notice.why],
          [<Trans key="n">Worst case</Trans>, notice.worst_case],
          [<Trans key="n">New date</Trans>, at(notice.new_date_at)],
          [<Trans key="n">Requested</Trans>, at(notice.requested_at)],
          [<Trans key="n">Told to members</Trans>, at(notice.given_at)],
          [<Trans key="n">Answers until</Trans>, at(notice.answer_by)],
        ]}
      />
      {notice.state === "requested" && (
        <p className="label pb-5">
          <Trans>Another person extends the campaign by its step “Extend”, above.</Trans>
        </p>
      )}
    </Sheet>
  );
}

function NoticeState({ state }: { state: string }) {
  if (state === "given") return <Badge tone="ok">{t`Told`}</Badge>;
  if (state === "refused") return <Badge tone="ended">{t`Refused`}</Badge>;
  return <Badge tone="waiting">{t`Requested`}</Badge>;
}
