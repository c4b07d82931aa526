import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useWatch, type UseFormReturn } from "react-hook-form";

import type { Member, Page, Role } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { Combobox } from "@/ui/combobox";
import { Field, TextField } from "@/ui/field";
import { usePersonName } from "@/ui/person";
import type { Choice } from "@/ui/select";

import type { CampaignValues } from "./form-schema";
import { lockOf, whyLocked, type Locked } from "./locked-fields";

const shown = 20;
const pauseMs = 200;

function choiceOf({ user_id, display_name, email }: Member): Choice {
  return { value: user_id, label: [display_name, email].filter((part) => part !== null && part !== "").join(" · ") };
}

/** What the server finds: suppliers at first, and among all members what is typed. */
function useFound(words: string) {
  const roles = useQuery({
    queryKey: ["/roles", "all"],
    queryFn: ({ signal }) => get<Page<Role>>("/roles", { signal, query: { limit: 200 } }),
    staleTime: 300_000,
    retry: false,
  });
  const role = roles.data?.items.find(({ is_system: built, name }) => built && name === "supplier")?.id;
  const query = words === "" ? { role } : { q: words };
  return useQuery({
    queryKey: ["/members", "suppliers", query],
    queryFn: ({ signal }) => get<Page<Member>>("/members", { signal, query: { ...query, sort: "name", limit: shown } }),
    enabled: !roles.isPending,
    placeholderData: keepPreviousData,
    retry: false,
  });
}

/** Chosen among the members; who may not list them enters the supplier's user id. */
export function SupplierField({ form, locked }: { form: UseFormReturn<CampaignValues>; locked: Locked }) {
  const why = whyLocked(locked, "supplier_id");
  const chosenId = useWatch({ control: form.control, name: "supplier_id" });
  const error = form.formState.errors.supplier_id?.message;
  const name = usePersonName(chosenId === "" ? null : chosenId);
  const [picked, setPicked] = useState<Choice | null>(null);
  const chosen = chosenId === "" ? null : picked?.value === chosenId ? picked : { value: chosenId, label: name ?? chosenId };
  const label = chosen?.label ?? "";
  // null: nothing was typed since the last choice.
  const [typed, setTyped] = useState<string | null>(null);
  const words = useLater(typed === null || typed === label ? "" : typed.trim());
  const { data, isError, isFetching } = useFound(words);
  if (isError) {
    return <TextField label={t`Supplier’s user id`} needed error={error} {...form.register("supplier_id")} {...lockOf(locked, "supplier_id")} />;
  }
  const choose = (choice: Choice | null) => {
    setPicked(choice);
    setTyped(null);
    form.setValue("supplier_id", choice?.value ?? "", { shouldDirty: true });
    form.clearErrors("supplier_id");
  };
  return (
    <Field label={t`Supplier`} needed hint={why ?? t`A member of this organisation. Suppliers are listed; type to look among all members.`} error={error}>
      {(wires) => (
        <Combobox
          id={wires.id}
          describedBy={wires["aria-describedby"]}
          invalid={wires["aria-invalid"]}
          disabled={why !== undefined}
          placeholder={t`Name or address`}
          chosen={chosen}
          found={data?.items.map(choiceOf) ?? []}
          typed={typed ?? label}
          onType={setTyped}
          onChoose={choose}
          empty={isFetching ? <Trans>Looking…</Trans> : <Trans>Nobody here is called that</Trans>}
          status={data?.next_cursor == null ? null : <Trans>There are more: type a part of the name or the address.</Trans>}
        />
      )}
    </Field>
  );
}

/** The value once it has stood for a moment, so that not every letter is asked for. */
function useLater(value: string): string {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const wait = setTimeout(() => setLater(value), pauseMs);
    return () => clearTimeout(wait);
  }, [value]);
  return later;
}
