import { Trans } from "@lingui/react/macro";
import { Plus } from "lucide-react";
import { lazy, Suspense, useState, type ReactNode } from "react";

import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";

import { permissions } from "../permissions";
import { useDestinations } from "./use-destinations";
import { kindWord } from "./words";

const DestinationDialog = lazy(() => import("./destination-dialog").then((file) => ({ default: file.DestinationDialog })));

interface DestinationChoiceProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
  title?: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
}

/** Where the result goes once it is there; who sets up destinations can add one on the spot. */
export function DestinationChoice({ chosen, onChange, title, hint, disabled = false }: DestinationChoiceProps) {
  const { data } = useDestinations();
  const mayAdd = useCan()(...permissions.manage);
  const [adding, setAdding] = useState(false);
  if (data === undefined) return null;
  const known = chosen.filter((id) => data.some((each) => each.id === id));
  return (
    <fieldset className="flex flex-col gap-8">
      <legend className="mb-5 text-12 font-medium">{title ?? <Trans>Take the result to</Trans>}</legend>
      {data.map(({ id, name, kind }) => (
        <Checkbox
          key={id}
          checked={known.includes(id)}
          disabled={disabled}
          onChange={(on) => onChange(on ? [...known, id] : known.filter((each) => each !== id))}
          label={name}
          hint={kindWord(kind)}
        />
      ))}
      {data.length > 0 && hint !== undefined && <p className="label">{hint}</p>}
      {data.length === 0 && (
        <p className="label">
          <Trans>Nowhere yet: it stays here. A table of PostgreSQL, a folder or a bucket can get it each time.</Trans>
        </p>
      )}
      {data.length === 0 && !mayAdd && (
        <p className="label">
          <Trans>Whoever manages connections can add a destination.</Trans>
        </p>
      )}
      {mayAdd && (
        <Button tone="quiet" icon={<Plus size={13} aria-hidden />} className="self-start" onClick={() => setAdding(true)}>
          <Trans>Add a destination</Trans>
        </Button>
      )}
      <Suspense>
        {adding && (
          <DestinationDialog destination={null} onSaved={({ id }) => onChange([...known, id])} onClose={() => setAdding(false)} />
        )}
      </Suspense>
    </fieldset>
  );
}
