import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get, patch } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { PageHead, Section } from "@/ui/page";
import { Select } from "@/ui/select";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { CampaignSettings } from "../types";
import { ChoicesSection } from "./choices-section";
import { HolidaysSection } from "./holidays-section";
import { ReleaseSection } from "./release-section";
import { RevenueSection } from "./revenue-section";
import { StopSwitch } from "./stop-switch";

const path = "/campaign-settings";

export function CampaignSettingsPage() {
  useTitle(t`Campaign rules`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<CampaignSettings>(path, { signal }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="max-w-618">
      <PageHead
        title={<Trans>Campaign rules</Trans>}
        below={<Trans>They hold for campaigns submitted from now on. Published rules never change.</Trans>}
      />
      <StopSwitch settings={data} />
      <Rules key={data.version} settings={data} />
      <div className="mt-34">
        <ChoicesSection key={data.version} settings={data} />
        <ReleaseSection key={`release-${String(data.version)}`} settings={data} />
        <HolidaysSection key={`holidays-${String(data.version)}`} holidays={data.holidays} />
        <RevenueSection key={`revenue-${String(data.version)}`} settings={data} />
      </div>
    </div>
  );
}

type Phase = "browse_open" | "join_open" | "commit_open" | "release_open";

const wholeIn = (text: string, least: number, most: number) =>
  /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null;

function Rules({ settings }: { settings: CampaignSettings }) {
  const [custody, setCustody] = useState(settings.custody);
  const [window_, setWindow] = useState(String(settings.supplier_window_days));
  const [inspection, setInspection] = useState(String(settings.inspection_days));
  const [hold, setHold] = useState(String(settings.issue_hold_basis_points / 100));
  const [second, setSecond] = useState(settings.second_person_review);
  const [phases, setPhases] = useState<Record<Phase, boolean>>(settings);
  const [refusal, setRefusal] = useState<string>();
  const days = wholeIn(window_, 1, 60);
  const inspect = wholeIn(inspection, 1, 60);
  const rate = /^\d{1,3}(\.\d{1,2})?$/.test(hold) && Number(hold) <= 100 ? Math.round(Number(hold) * 100) : null;
  const save = useAct({
    work: () =>
      patch(path, {
        custody,
        supplier_window_days: days,
        inspection_days: inspect,
        issue_hold_basis_points: rate,
        second_person_review: second,
        browse_open: phases.browse_open,
        join_open: phases.join_open,
        commit_open: phases.commit_open,
        release_open: phases.release_open,
      }),
    refresh: [[path]],
    done: () => t`Rules saved`,
    refused: t`The rules stay as they were`,
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  const wrong = t`Enter a whole number of days from 1 to 60`;
  return (
    <form
      noValidate
      className="flex flex-col gap-34"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Section title={<Trans>Decisions</Trans>} className="!mb-0">
        <div className="flex flex-col gap-21">
          <Field label={t`Who holds the money`}>
            {({ id }) => (
              <Select
                id={id}
                value={custody}
                choices={[
                  { value: "third_party_escrow", label: t`An escrow provider` },
                  { value: "operator_balance", label: t`The operator's account at a payment provider` },
                ]}
                onChange={setCustody}
              />
            )}
          </Field>
          <div className="grid gap-21 sm:grid-cols-2">
            <TextField
              label={t`Days a supplier has to answer`}
              hint={t`Silence refunds every member in full.`}
              inputMode="numeric"
              value={window_}
              {...(days === null ? { error: wrong } : {})}
              onChange={(event) => setWindow(event.target.value)}
            />
            <TextField
              label={t`Days of inspection after delivery`}
              inputMode="numeric"
              value={inspection}
              {...(inspect === null ? { error: wrong } : {})}
              onChange={(event) => setInspection(event.target.value)}
            />
          </div>
          <TextField
            label={t`Rate of issues that holds every release, in %`}
            hint={t`Below it, only the commitments with an open issue are held back.`}
            inputMode="decimal"
            className="sm:w-1/2"
            value={hold}
            {...(rate === null ? { error: t`Enter a percentage from 0 to 100` } : {})}
            onChange={(event) => setHold(event.target.value)}
          />
          <Checkbox
            checked={second}
            onChange={setSecond}
            label={<Trans>Whoever submits a campaign may not approve it</Trans>}
          />
        </div>
      </Section>
      <Section
        title={<Trans>Phases</Trans>}
        hint={<Trans>Open them one by one. What is closed is told to members as not open yet.</Trans>}
        className="!mb-0"
      >
        <div className="flex flex-col gap-13">
          {phaseWords().map(([name, label, hint]) => (
            <Checkbox
              key={name}
              checked={phases[name]}
              onChange={(on) => setPhases({ ...phases, [name]: on })}
              label={label}
              hint={hint}
            />
          ))}
        </div>
      </Section>
      <FormRefusal message={refusal} />
      <Button
        tone="primary"
        size="normal"
        type="submit"
        className="self-start"
        busy={save.isPending}
        disabled={days === null || inspect === null || rate === null}
      >
        <Trans>Save</Trans>
      </Button>
    </form>
  );
}

function phaseWords(): [Phase, string, string][] {
  return [
    ["browse_open", t`Browse`, t`Published campaigns can be read.`],
    ["join_open", t`Join`, t`Signed-in people can take part.`],
    ["commit_open", t`Commit`, t`Members can lock funds.`],
    ["release_open", t`Release`, t`Escrow can be released after inspection.`],
  ];
}
