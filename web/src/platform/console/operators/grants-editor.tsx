import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { Button, IconButton } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Field } from "@/ui/field";
import { Select } from "@/ui/select";

import type { Grant } from "../types";
import { accessQuery } from "../use-access";
import { word } from "../word";
import { grantSaid } from "./grant-words";

type Scope = "all" | "accounts" | "tenants";
const any = "*";
const mostSubjects = 200;

interface GrantsEditorProps {
  grants: readonly Grant[];
  onChange: (grants: Grant[]) => void;
}

/** What an operator may do and where: nothing by default, each line adds something. */
export function GrantsEditor({ grants, onChange }: GrantsEditorProps) {
  return (
    <fieldset>
      <legend className="text-12 font-medium">
        <Trans>Rights</Trans>
      </legend>
      {grants.length === 0 ? (
        <p className="label mt-5">
          <Trans>None: they will see nothing and may do nothing.</Trans>
        </p>
      ) : (
        <ul className="mt-5 flex flex-wrap gap-5">
          {grants.map((grant, index) => (
            <li key={index} className="flex items-center gap-3 rounded-full bg-sunken pr-3 pl-13 text-12">
              {grantSaid(grant)}
              <IconButton
                label={t`Take away: ${grantSaid(grant)}`}
                className="size-[26px] rounded-full"
                onClick={() => onChange(grants.filter((_, other) => other !== index))}
              >
                <X size={12} aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <NewGrant onAdd={(grant) => onChange([...grants, grant])} />
    </fieldset>
  );
}

function NewGrant({ onAdd }: { onAdd: (grant: Grant) => void }) {
  const [resource, setResource] = useState(any);
  const [action, setAction] = useState(any);
  const [scope, setScope] = useState<Scope>("all");
  const [subjects, setSubjects] = useState<string[]>([]);
  const { data } = useQuery(accessQuery);
  const resources = Object.keys(data?.resources ?? {});
  const actions = resource === any ? ["read", "write"] : (data?.resources[resource] ?? []);
  const ready = scope === "all" || subjects.length > 0;
  return (
    <div className="mt-13 rounded-8 border border-line p-13">
      <div className="grid gap-13 sm:grid-cols-3">
        <Field label={t`On`}>
          {({ id }) => (
            <Select
              id={id}
              value={resource}
              choices={[{ value: any, label: t`Everything` }, ...resources.map((value) => ({ value, label: word(value) }))]}
              onChange={(next) => {
                setResource(next);
                setAction(any);
              }}
            />
          )}
        </Field>
        <Field label={t`To do`}>
          {({ id }) => (
            <Select
              id={id}
              value={action}
              choices={[{ value: any, label: t`Anything` }, ...actions.map((value) => ({ value, label: word(value) }))]}
              onChange={setAction}
            />
          )}
        </Field>
        <Field label={t`Where`}>
          {({ id }) => (
            <Select<Scope>
              id={id}
              value={scope}
              choices={[
                { value: "all", label: t`Everywhere` },
                { value: "accounts", label: t`Chosen accounts` },
                { value: "tenants", label: t`Chosen tenants` },
              ]}
              onChange={(next) => {
                setScope(next);
                setSubjects([]);
              }}
            />
          )}
        </Field>
      </div>
      {scope !== "all" && <Subjects kind={scope} chosen={subjects} onChange={setSubjects} />}
      <Button
        className="mt-13"
        icon={<Plus size={13} aria-hidden />}
        disabled={!ready}
        onClick={() => {
          onAdd({ scope, subject_ids: subjects, resource, action });
          setSubjects([]);
        }}
      >
        <Trans>Add this right</Trans>
      </Button>
    </div>
  );
}

interface SubjectsProps {
  kind: "accounts" | "tenants";
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}

function Subjects({ kind, chosen, onChange }: SubjectsProps) {
  const path = `/admin/${kind}`;
  const { data, isPending } = useQuery({
    queryKey: [path, "choices"],
    queryFn: ({ signal }) => get<Page<{ id: string; name: string }>>(path, { signal, query: { limit: mostSubjects } }),
  });
  if (isPending) return null;
  if (data === undefined || data.items.length === 0) {
    return (
      <p className="label mt-13">
        <Trans>There is none to choose.</Trans>
      </p>
    );
  }
  return (
    <div className="mt-13 grid max-h-144 gap-8 overflow-y-auto rounded-5 bg-ground p-8 sm:grid-cols-2">
      {data.items.map((item) => (
        <Checkbox
          key={item.id}
          checked={chosen.includes(item.id)}
          label={item.name}
          onChange={(on) => onChange(on ? [...chosen, item.id] : chosen.filter((id) => id !== item.id))}
        />
      ))}
    </div>
  );
}
