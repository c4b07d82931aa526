import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { LockKeyhole } from "lucide-react";

import { get, put } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { Field } from "@/ui/field";
import { PageHead, Section, Sheet } from "@/ui/page";
import { Select } from "@/ui/select";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { Delivery, MailPreference } from "./types";

const path = "/notification-preferences";

interface Preferences {
  items: MailPreference[];
}

/** What reaches one by mail, and when; what moves money always comes, and at once. */
export function PreferencesPage() {
  useTitle(t`Mails`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<Preferences>(path, { signal }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="max-w-618">
      <PageHead title={<Trans>Mails</Trans>} below={<Trans>What this organisation&rsquo;s suite sends you, and when.</Trans>} />
      <Section title={<Trans>Your choice</Trans>} hint={<Trans>A daily digest is one mail a day, at 07:00 UTC.</Trans>}>
        {data.items.length === 0 ? (
          <EmptyState title={<Trans>Nothing to choose</Trans>}>
            <Trans>Every mail you may get here is one that always comes.</Trans>
          </EmptyState>
        ) : (
          <Sheet className="divide-y divide-line px-13 sm:px-21">
            {data.items.map((each) => (
              <Kind key={each.kind} preference={each} />
            ))}
          </Sheet>
        )}
      </Section>
      <p className="flex items-start gap-13 rounded-5 bg-soft p-13 text-16 text-pretty">
        <LockKeyhole size={16} aria-hidden className="mt-5 shrink-0" />
        <Trans>
          What moves money, each step of a campaign, requests for your approval and what concerns your account always
          come at once. They cannot be put off or switched off.
        </Trans>
      </p>
    </div>
  );
}

function Kind({ preference }: { preference: MailPreference }) {
  const queries = useQueryClient();
  const { kind, title, delivery } = preference;
  const set = (wanted: Delivery) =>
    queries.setQueryData<Preferences>([path], (known) =>
      known === undefined ? known : { items: known.items.map((each) => (each.kind === kind ? { ...each, delivery: wanted } : each)) },
    );
  const choose = useAct<Delivery>({
    work: (wanted) => put(`/notification-preferences/${kind}`, { delivery: wanted }),
    refresh: [[path]],
    done: () => t`${title}: your choice holds from the next mail on`,
    refused: t`Your choice was not taken`,
    onRefused: () => void queries.invalidateQueries({ queryKey: [path] }),
  });
  return (
    <div className="py-13">
      <Field label={title} hint={preference.description}>
        {({ id }) => (
          <Select<Delivery>
            id={id}
            value={delivery}
            choices={[
              { value: "at_once", label: t`At once` },
              { value: "daily", label: t`In a daily digest` },
              { value: "off", label: t`Not at all` },
            ]}
            onChange={(wanted) => {
              set(wanted);
              choose.mutate(wanted);
            }}
          />
        )}
      </Field>
    </div>
  );
}
