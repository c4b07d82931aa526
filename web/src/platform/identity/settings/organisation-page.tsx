import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { useState } from "react";

import type { Organisation } from "@/kernel/api-types";
import { get, patch } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { CopyId } from "@/ui/copy-id";
import { TextField } from "@/ui/field";
import { ModuleSwitches } from "@/ui/module-switches";
import { Facts, PageHead, Section } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { OwnColours } from "./own-colours";

export function OrganisationPage() {
  useTitle(t`Organisation`);
  const tenant = useMe()?.tenant?.id;
  const { data, error, refetch } = useQuery({
    queryKey: ["organisation", tenant],
    queryFn: ({ signal }) => get<Organisation>("/organisation", { signal }),
    enabled: tenant !== undefined,
  });
  const sandbox = [
    <Trans key="kind">Kind</Trans>,
    <Trans key="v">A sandbox: its money is simulated; its clock is moved on in the menu under its name</Trans>,
  ] as const;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <PageSkeleton />;
  return (
    <div className="max-w-618">
      <PageHead title={<Trans>Organisation</Trans>} />
      <Name organisation={data} />
      <Colours organisation={data} />
      <Section
        title={<Trans>Modules</Trans>}
        hint={<Trans>What is off answers nobody here, and its jobs wait. Nothing is deleted.</Trans>}
      >
        <ModuleSwitches path="/modules" queryKey={["/modules", tenant]} refresh={[["me"]]} maySwitch />
      </Section>
      <Section title={<Trans>Facts</Trans>}>
        <Facts
          facts={[
            ...(data.is_sandbox ? [sandbox] : []),
            [<Trans key="slug">Public address</Trans>, <code key="v" className="font-mono">{`/o/${data.slug}`}</code>],
            [<Trans key="id">Id</Trans>, <CopyId key="v" value={data.id} full />],
          ]}
        />
      </Section>
    </div>
  );
}

function Name({ organisation }: { organisation: Organisation }) {
  const [name, setName] = useState(organisation.name);
  const save = useAct({
    work: () => patch("/organisation", { name: name.trim() }),
    refresh: [["organisation"], ["me"]],
    done: () => t`Name saved`,
    refused: t`The name stays as it was`,
  });
  return (
    <form
      className="mb-34 flex flex-col gap-13"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <TextField label={t`Name`} value={name} maxLength={120} onChange={(event) => setName(event.target.value)} />
      <Button
        type="submit"
        tone="primary"
        size="normal"
        busy={save.isPending}
        disabled={name.trim() === "" || name === organisation.name}
        className="self-start"
      >
        <Trans>Save</Trans>
      </Button>
    </form>
  );
}

function Colours({ organisation }: { organisation: Organisation }) {
  const now = organisation.theme.accent === undefined ? (organisation.theme.preset ?? "gold") : "own";
  const choose = useAct({
    work: (preset: string) => patch("/organisation", { theme: { preset } }),
    refresh: [["organisation"]],
    done: () => t`Colours saved`,
    refused: t`The colours stay as they were`,
  });
  const presets = [
    ["gold", t`Gold`],
    ["green", t`Green`],
    ["red", t`Red`],
    ["blue", t`Blue`],
    ["grey", t`Grey`],
  ] as const;
  return (
    <Section title={<Trans>Colours</Trans>} hint={<Trans>Seen by everybody who works in this organisation.</Trans>}>
      <div role="radiogroup" aria-label={t`Colours`} className="flex flex-wrap gap-8">
        {presets.map(([preset, label]) => (
          <button
            key={preset}
            type="button"
            role="radio"
            aria-checked={preset === now}
            data-preset={preset}
            onClick={() => choose.mutate(preset)}
            className={clsx(
              "flex h-44 items-center gap-8 rounded-5 border bg-paper px-13 text-12",
              preset === now ? "border-ink font-medium" : "border-line hover:border-line-strong",
            )}
          >
            <span aria-hidden className="flex overflow-hidden rounded-full">
              <span className="size-13 bg-highlight" />
              <span className="size-13 bg-primary" />
            </span>
            {label}
          </button>
        ))}
      </div>
      <OwnColours organisation={organisation} />
    </Section>
  );
}
