import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import type { UseFormRegisterReturn } from "react-hook-form";

import { TextField } from "@/ui/field";

/** The second factor, where the account has one. */
export function CodeField({ wires, error }: { wires: UseFormRegisterReturn; error: string | undefined }) {
  return (
    <TextField
      label={t`Code shown by the authenticator`}
      hint={<Trans>A recovery code works as well.</Trans>}
      autoComplete="one-time-code"
      inputMode="text"
      error={error}
      {...wires}
    />
  );
}
