import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { useAttempt } from "@/kernel/attempt";
import { post } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Field, FormRefusal, TextField } from "@/ui/field";
import { MainAndSide, Section } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import { DestinationChoice } from "../destinations/destination-choice";
import { useStillThere } from "../destinations/use-destinations";
import { tablesOf, toSent, type Typed } from "../parameters/values";
import { useToday } from "../today";
import type { Client, Privacy, Run, Workflow } from "../types";
import { daysOfAll, latelyOf } from "../wizard/data-days";
import { ClientPick, type Picked } from "./client-pick";
import { ClientValues, ownValues, type OwnTyped } from "./client-values";
import { DataOfSegments } from "./data-of-segments";
import { PlanView } from "./plan-view";
import { RuleFields } from "./rule-fields";
import { faultText, knownZone } from "./rule-words";
import { lagOf, lastUnits, planned, ruleFault } from "./segments";
import { SharedValues } from "./shared-values";
import { typedOf } from "./typed-of";
import type { Collection, SegmentRule } from "./types";
import { collectionPath } from "./use-collection";

interface CollectionFormProps {
  workflow: Workflow;
  run: Run | null;
  client: Client | null;
}

export function CollectionForm({ workflow, run, client }: CollectionFormProps) {
  const navigate = useNavigate();
  const attempt = useAttempt();
  const [name, setName] = useState(t`${workflow.name} over time`);
  const [clients, setClients] = useState<Picked[]>(client === null ? [] : [client]);
  const [written, setWritten] = useState<string>();
  // Until somebody writes one, it is the zone of the client chosen first.
  const zone = written ?? clients[0]?.time_zone ?? "UTC";
  const [privacy, setPrivacy] = useState<Privacy>(run?.privacy ?? workflow.privacy);
  const [typed, setTyped] = useState<Typed>(() => typedOf(workflow.parameters, run));
  const [own, setOwn] = useState<OwnTyped>({});
  const valid = knownZone(zone);
  const today = useToday(valid ? zone : "UTC");
  // One begins with what has data: those of the local AMC end some time ago.
  const days = daysOfAll(clients);
  const lately = { until: latelyOf(days, today), first: days.data_first_on };
  const [cut, setCut] = useState<SegmentRule>();
  const rule = cut ?? lastUnits("week", 12, lately);
  const [continuing, setContinuing] = useState(false);
  const [destinations, setDestinations] = useState<string[]>(run?.destination_ids ?? []);
  const [refusal, setRefusal] = useState<string>();
  const takenTo = useStillThere(destinations);
  const fault = ruleFault({ rule, continuing, today });
  // Of somebody left out nothing is sent; chosen again, what was written is there still.
  const overrides = ownValues(workflow.parameters, clients, own);
  const lag = lagOf(workflow.sql, [typed, ...clients.map(({ id }) => ({ ...typed, ...own[id] }))].flatMap((each) => Object.values(tablesOf(workflow.parameters, each))));
  const spans = fault === null ? planned({ rule, continuing, today }, lag) : [];
  const begin = useAct({
    work: () => {
      const body = {
        name: name.trim(),
        workflow_id: workflow.id,
        instance_ids: clients.map(({ id }) => id),
        values: toSent(workflow.parameters, typed),
        overrides,
        segments: rule,
        continuing,
        time_zone: zone,
        privacy,
        destination_ids: takenTo,
      };
      return post<Collection>(collectionPath, body, { idempotencyKey: attempt.key(body) });
    },
    refresh: [[collectionPath, "list"]],
    done: (made) => t`${made.name} is being collected`,
    refused: t`Nothing is collected`,
    onDone: ({ id }) => void navigate({ to: "/amc/runs/collections/$collectionId", params: { collectionId: id } }),
    onRefused: (problem) => {
      attempt.refused(problem);
      const first = problem.errors[0];
      setRefusal(first === undefined ? problem.said : `${first.field.replace("body.", "")}: ${first.hint}`);
    },
  });
  const ready = name.trim() !== "" && clients.length > 0 && fault === null && valid;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) begin.mutate();
      }}
    >
      <MainAndSide
        main={
          <>
            <Section title={<Trans>What</Trans>}>
              <TextField label={t`Name`} maxLength={200} value={name} hint={t`${workflow.name}, version ${workflow.number}`} onChange={(event) => setName(event.target.value)} />
            </Section>
            <Section title={<Trans>For whom</Trans>}>
              <ClientPick picked={clients} onChange={setClients} />
            </Section>
            <Section title={<Trans>Which time</Trans>}>
              <RuleFields
                rule={rule}
                continuing={continuing}
                lately={lately}
                fault={fault === null ? undefined : faultText(fault)}
                onChange={(next, on) => {
                  setCut(next);
                  setContinuing(on);
                }}
              />
              <DataOfSegments days={days} segments={spans} />
              <TextField
                className="mt-21"
                label={t`Time zone of the segments`}
                hint={t`An IANA name, e.g. Europe/Berlin.`}
                value={zone}
                {...(valid ? {} : { error: t`There is no such zone` })}
                onChange={(event) => setWritten(event.target.value)}
              />
            </Section>
            <SharedValues parameters={workflow.parameters} typed={typed} onChange={setTyped} />
            <ClientValues parameters={workflow.parameters} clients={clients} own={own} onChange={setOwn} />
            <Section title={<Trans>What AMC may not show</Trans>}>
              <Field label={t`A row with too few users`}>
                {({ id }) => (
                  <Select<Privacy>
                    id={id}
                    value={privacy}
                    choices={[
                      { value: "REMOVE_ROWS", label: t`is left out` },
                      { value: "REMOVE_VALUES", label: t`loses the values that are too fine` },
                    ]}
                    onChange={setPrivacy}
                  />
                )}
              </Field>
            </Section>
            <DestinationChoice title={<Trans>Take each segment's result to</Trans>} chosen={takenTo} onChange={setDestinations} />
          </>
        }
        side={
          <>
            <PlanView planned={spans} clients={clients.length} today={today} continuing={continuing} lag={lag} />
            <FormRefusal message={refusal} />
            <Button tone="primary" size="normal" type="submit" className="mt-8 w-full" busy={begin.isPending} disabled={!ready}>
              <Trans>Collect it</Trans>
            </Button>
            {clients.length === 0 && (
              <p className="label mt-5">
                <Trans>Choose at least one client.</Trans>
              </p>
            )}
          </>
        }
      />
    </form>
  );
}
