import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";

import { ValueForm } from "../parameters/value-form";
import { labelOf } from "../parameters/value-field";
import { toSent, type Typed } from "../parameters/values";
import type { Parameter, Values } from "../types";
import type { Picked } from "./client-pick";

/** What was written for single clients, by their ids. */
export type OwnTyped = Record<string, Typed>;

/** Where there is one client, the values for all are its own. */
const isApart = (clients: readonly Picked[]) => clients.length > 1;

/** What is sent: only of clients that are chosen, and only what was filled in. */
export function ownValues(parameters: readonly Parameter[], clients: readonly Picked[], own: OwnTyped): Record<string, Values> {
  if (!isApart(clients)) return {};
  const sent = clients.map(({ id }) => [id, toSent(parameters, own[id] ?? {})] as const);
  return Object.fromEntries(sent.filter(([, values]) => Object.keys(values).length > 0));
}

interface ClientValuesProps {
  parameters: readonly Parameter[];
  clients: readonly Picked[];
  own: OwnTyped;
  onChange: (own: OwnTyped) => void;
}

/** Values that differ for one client; what is left empty is as for all. */
export function ClientValues({ parameters, clients, own, onChange }: ClientValuesProps) {
  const [open, setOpen] = useState<string>();
  if (parameters.length === 0 || !isApart(clients)) return null;
  const optional = parameters.map((parameter) => ({ ...parameter, required: false }));
  return (
    <Section title={<Trans>Values of single clients</Trans>} hint={<Trans>They go before the values for all and the client's own mapping.</Trans>}>
      <Sheet>
        <ul>
          {clients.map(({ id, name }) => {
            const written = optional.filter((parameter) => (own[id]?.[parameter.name] ?? "") !== "");
            const isOpen = open === id;
            return (
              <li key={id} className="border-b border-line px-13 py-8 last:border-0">
                <div className="flex flex-wrap items-center justify-between gap-x-13 gap-y-5 text-12">
                  <div className="min-w-0">
                    <p className="font-medium break-words">{name}</p>
                    <p className="text-muted">{written.length === 0 ? t`As for all` : t`Its own: ${written.map(labelOf).join(", ")}`}</p>
                  </div>
                  <Button
                    aria-expanded={isOpen}
                    aria-label={isOpen ? t`Close the values of ${name}` : t`Change the values of ${name}`}
                    onClick={() => setOpen(isOpen ? undefined : id)}
                  >
                    {isOpen ? <Trans>Close</Trans> : <Trans>Change</Trans>}
                  </Button>
                </div>
                {isOpen && (
                  <div role="group" aria-label={t`Values of ${name}`} className="mt-13 pb-5">
                    <ValueForm parameters={optional} typed={own[id] ?? {}} strict onChange={(typed) => onChange({ ...own, [id]: typed })} />
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      </Sheet>
    </Section>
  );
}
