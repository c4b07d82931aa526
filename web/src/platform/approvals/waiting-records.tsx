import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { get } from "@/kernel/client";
import { useLive } from "@/kernel/live";
import { asProblem } from "@/kernel/problem";
import { formatShort } from "@/kernel/time";
import { FormRefusal } from "@/ui/field";
import { Section, Sheet } from "@/ui/page";
import { PersonName } from "@/ui/person";

import type { WaitingRecord } from "./types";

export function useWaiting() {
  return useQuery({
    queryKey: ["/approvals", "waiting"],
    queryFn: async ({ signal }) => (await get<{ items: WaitingRecord[] }>("/approvals/waiting", { signal })).items,
  });
}

/** What is decided on a record itself, such as a campaign in review: a way to each. */
export function WaitingRecords() {
  const { data, error } = useWaiting();
  useLive({ module: "campaigns", refresh: [["/approvals", "waiting"]] });
  if (error !== null && !asProblem(error).forbidden) {
    return <FormRefusal message={t`What waits on records could not be listed: ${asProblem(error).said}`} />;
  }
  if (data === undefined || data.length === 0) return null;
  return (
    <Section title={<Trans>For your review</Trans>}>
      <Sheet>
        {data.map((each) => (
          <Link
            key={each.subject_id}
            to={each.path}
            preload="intent"
            className="block border-b border-line px-13 py-13 last:border-0 hover:bg-ground sm:px-21"
          >
            <span className="block text-16 font-medium break-words">{each.title}</span>
            <span className="label block">
              {each.asks} · <PersonName id={each.asked_by} /> · {formatShort(each.asked_at)}
            </span>
          </Link>
        ))}
      </Sheet>
    </Section>
  );
}
