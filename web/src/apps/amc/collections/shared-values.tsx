import { Trans } from "@lingui/react/macro";

import { Section } from "@/ui/page";

import { ValueForm } from "../parameters/value-form";
import type { Typed } from "../parameters/values";
import type { Parameter } from "../types";

interface SharedValuesProps {
  parameters: readonly Parameter[];
  typed: Typed;
  onChange: (typed: Typed) => void;
}

/** Values that hold for every client; what is left empty comes from each client's own mapping. */
export function SharedValues({ parameters, typed, onChange }: SharedValuesProps) {
  if (parameters.length === 0) return null;
  return (
    <Section title={<Trans>Values</Trans>} hint={<Trans>What is left empty comes from each client's own mapping, or from the query.</Trans>}>
      <ValueForm parameters={parameters.map((parameter) => ({ ...parameter, required: false }))} typed={typed} strict onChange={onChange} />
    </Section>
  );
}
