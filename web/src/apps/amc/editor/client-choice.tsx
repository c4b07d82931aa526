import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { Combobox } from "@/ui/combobox";
import { Field } from "@/ui/field";

import { clientPath, useClient } from "../clients/use-client";
import type { Client } from "../types";
import { TableNames } from "./table-names";

interface ClientChoiceProps {
  clientId: string | undefined;
  onChange: (clientId: string | undefined) => void;
}

/** Whose tables are shown and checked against: any client's, or those of one. */
export function ClientChoice({ clientId, onChange }: ClientChoiceProps) {
  return clientId === undefined ? (
    <Find onChange={onChange} />
  ) : (
    <Chosen clientId={clientId} onLeave={() => onChange(undefined)} />
  );
}

function Find({ onChange }: { onChange: (clientId: string) => void }) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const list = useKeysetList<Client>(clientPath, { active: "true", q: q === "" ? undefined : q });
  return (
    <Field label={t`Tables of one client`}>
      {(wires) => (
        <Combobox
          dense
          id={wires.id}
          chosen={null}
          found={list.rows.map(({ id, name }) => ({ value: id, label: name }))}
          typed={typed}
          onType={setTyped}
          onChoose={(choice) => choice !== null && onChange(choice.value)}
          empty={list.pending ? <Trans>Looking …</Trans> : <Trans>No client is called so.</Trans>}
          placeholder={t`Any client`}
        />
      )}
    </Field>
  );
}

function Chosen({ clientId, onLeave }: { clientId: string; onLeave: () => void }) {
  const { data } = useClient(clientId);
  const missing = data?.tables_missing ?? [];
  return (
    <div className="rounded-5 bg-sunken px-13 py-8 text-12">
      <div className="flex items-center justify-between gap-8">
        <p className="min-w-0 truncate font-medium">
          <Trans>Tables of {data?.name ?? "…"}</Trans>
        </p>
        <button
          type="button"
          aria-label={t`Show the tables of any client`}
          title={t`Show the tables of any client`}
          onClick={onLeave}
          className="inline-flex size-34 shrink-0 items-center justify-center rounded-5 text-muted hover:bg-line hover:text-ink"
        >
          <X size={13} aria-hidden />
        </button>
      </div>
      {data?.listed_at === null && (
        <p className="text-muted">
          <Trans>Amazon has not been asked yet which tables it has; all are shown.</Trans>
        </p>
      )}
      {missing.length > 0 && (
        <>
          <p className="text-muted">
            <Trans>It does not have</Trans>
          </p>
          <TableNames names={missing} />
        </>
      )}
    </div>
  );
}
