import { t } from "@lingui/core/macro";

import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

import type { Privacy } from "../types";

interface PrivacyChoiceProps {
  privacy: Privacy;
  onChange: (privacy: Privacy) => void;
  disabled?: boolean;
}

/** What becomes of rows with too few users: a part of the version as the query is. */
export function PrivacyChoice({ privacy, onChange, disabled = false }: PrivacyChoiceProps) {
  return (
    <Field label={t`Rows below their threshold`}>
      {({ id }) => (
        <Select<Privacy>
          id={id}
          value={privacy}
          disabled={disabled}
          choices={[
            { value: "REMOVE_ROWS", label: t`are left out` },
            { value: "REMOVE_VALUES", label: t`stay, without the values that may not leave` },
          ]}
          onChange={onChange}
        />
      )}
    </Field>
  );
}
