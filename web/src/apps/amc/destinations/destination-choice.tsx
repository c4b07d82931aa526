import { Trans } from "@lingui/react/macro";

import { Checkbox } from "@/ui/checkbox";

import { useDestinations } from "./use-destinations";
import { kindWord } from "./words";

interface DestinationChoiceProps {
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

/** Where the result goes once it is there; nothing is shown when there is nothing to choose. */
export function DestinationChoice({ chosen, onChange }: DestinationChoiceProps) {
  const { data } = useDestinations();
  if (data === undefined || data.length === 0) return null;
  const known = chosen.filter((id) => data.some((each) => each.id === id));
  return (
    <fieldset className="flex flex-col gap-8">
      <legend className="mb-5 text-12 font-medium">
        <Trans>Take the result to</Trans>
      </legend>
      {data.map(({ id, name, kind }) => (
        <Checkbox
          key={id}
          checked={known.includes(id)}
          onChange={(on) => onChange(on ? [...known, id] : known.filter((each) => each !== id))}
          label={name}
          hint={kindWord(kind)}
        />
      ))}
    </fieldset>
  );
}
