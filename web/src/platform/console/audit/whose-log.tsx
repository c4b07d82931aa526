import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useDeferredValue, useState } from "react";

import { Combobox } from "@/ui/combobox";
import { Field } from "@/ui/field";
import type { Choice } from "@/ui/select";

import { platform, useTenantName, useTenantsNamed } from "./use-tenant-names";

const every = "all";

interface WhoseLogProps {
  tenantId: string | undefined;
  onChoose: (tenantId: string | undefined) => void;
}

/** Everybody's log, the platform's, or that of one tenant, looked for by name among however many there are. */
export function WhoseLog({ tenantId, onChoose }: WhoseLogProps) {
  const always: Choice[] = [
    { value: every, label: t`Everybody’s` },
    { value: platform, label: t`The platform’s own` },
  ];
  const name = useTenantName(tenantId);
  const value = tenantId ?? every;
  const [picked, setPicked] = useState<Choice | null>(null);
  const known = [...always, picked].find((choice) => choice?.value === value);
  const chosen = known ?? (name === null ? null : { value, label: name });
  const label = chosen?.label ?? "";
  // null: nothing was typed since the last choice.
  const [typed, setTyped] = useState<string | null>(null);
  const words = useDeferredValue(typed === null || typed === label ? "" : typed.trim());
  const { data, isFetching } = useTenantsNamed(words);
  const fitting = always.filter((choice) => choice.label.toLowerCase().includes(words.toLowerCase()));
  return (
    <Field label={t`Whose log`}>
      {({ id }) => (
        <Combobox
          id={id}
          chosen={chosen}
          found={[...fitting, ...(data?.items ?? []).map((tenant) => ({ value: tenant.id, label: tenant.name }))]}
          typed={typed ?? label}
          onType={setTyped}
          onChoose={(choice) => {
            // Emptied to type another name: the log stays until one is chosen.
            if (choice === null) return;
            setTyped(null);
            setPicked(choice);
            onChoose(choice.value === every ? undefined : choice.value);
          }}
          placeholder={t`Name of a tenant`}
          empty={isFetching ? <Trans>Looking…</Trans> : <Trans>No tenant is called that</Trans>}
          status={data?.next_cursor == null ? null : <Trans>There are more: type a part of the name.</Trans>}
        />
      )}
    </Field>
  );
}
