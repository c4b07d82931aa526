import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get, patch } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { FormRefusal, TextField } from "@/ui/field";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { permissions } from "./permissions";
import { RuleLine } from "./rule-line";
import { draftOf, readDraft, type Draft } from "./rules-draft";
import type { ApprovalSettings } from "./types";

const hour = 3600;
const path = "/approvals/settings";

/** Which actions need a second person, from which amount on, and how long a request stays open. */
export function ApprovalSettingsPage() {
  useTitle(t`Second person`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<ApprovalSettings>(path, { signal }),
  });
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Second person</Trans>}
        below={<Trans>Which actions wait until somebody else agrees. What was asked for before keeps the rule of its time.</Trans>}
      />
      {isPending ? (
        <PageSkeleton />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : data.rules.length === 0 ? (
        <EmptyState title={<Trans>No action knows a second person</Trans>}>
          <Trans>Modules tell which of their actions can wait for one.</Trans>
        </EmptyState>
      ) : (
        // A change by somebody else starts the form anew from what holds then.
        <Rules key={data.version} settings={data} />
      )}
    </div>
  );
}

function Rules({ settings }: { settings: ApprovalSettings }) {
  const may = useCan()(...permissions.configure);
  const [drafts, setDrafts] = useState(() => settings.rules.map(draftOf));
  const [hours, setHours] = useState(String(Math.round(settings.expires_after_seconds / hour)));
  const [refusal, setRefusal] = useState<string>();
  const open = Number(hours);
  const hoursFit = Number.isInteger(open) && open >= 1 && open <= 720;
  const rules = drafts.map((draft, index) => readDraft(settings.rules[index]?.action ?? "", draft));
  const changed = drafts.flatMap((draft, index) => {
    const was = settings.rules[index];
    const rule = rules[index];
    if (was === undefined || rule === undefined || rule === null) return [];
    return JSON.stringify(draftOf(was)) === JSON.stringify(draft) ? [] : [rule];
  });
  const longer = open * hour !== settings.expires_after_seconds;
  const fits = hoursFit && rules.every((rule) => rule !== null);
  const save = useAct({
    work: () =>
      patch<ApprovalSettings>(
        path,
        { ...(longer ? { expires_after_seconds: open * hour } : {}), ...(changed.length > 0 ? { rules: changed } : {}) },
        { version: settings.version },
      ),
    refresh: [[path]],
    done: () => t`Rules saved`,
    refused: t`The rules stay as they were`,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  const change = (index: number, next: Draft) => setDrafts((before) => before.map((draft, at) => (at === index ? next : draft)));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) save.mutate();
      }}
    >
      <Section title={<Trans>Actions</Trans>}>
        <Sheet>
          <ul>
            {settings.rules.map((rule, index) => {
              const draft = drafts[index];
              if (draft === undefined) return null;
              return (
                <li key={rule.action} className="border-b border-line px-13 py-13 last:border-0 sm:px-21">
                  <RuleLine rule={rule} draft={draft} disabled={!may} onChange={(next) => change(index, next)} />
                </li>
              );
            })}
          </ul>
        </Sheet>
      </Section>
      <Section title={<Trans>How long a request stays open</Trans>}>
        <TextField
          className="max-w-233"
          label={t`Hours`}
          hint={t`One hour to thirty days. After that it has to be asked for anew.`}
          inputMode="numeric"
          disabled={!may}
          value={hours}
          error={hoursFit ? undefined : t`Give whole hours from 1 to 720.`}
          onChange={(event) => setHours(event.target.value)}
        />
      </Section>
      <FormRefusal message={refusal} />
      {may ? (
        <Button className="mt-13" tone="primary" size="normal" type="submit" busy={save.isPending} disabled={!fits || (!longer && changed.length === 0)}>
          <Trans>Save these rules</Trans>
        </Button>
      ) : (
        <p className="label">
          <Trans>
            Changing them needs <code className="font-mono">{permissions.configure[0]}</code>.
          </Trans>
        </p>
      )}
    </form>
  );
}
