import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";

import type { Member, Page, Role } from "@/kernel/api-types";
import { get, put } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Button, IconButton } from "@/ui/button";
import { FormRefusal } from "@/ui/field";
import { Section } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { Client } from "../types";
import { bodyOf, linesOf, type Grants, type Level, type Named } from "./access-types";
import { clientPath } from "./use-client";

/** Who may work with a client: everybody, until somebody is named. */
export function ClientAccess({ client }: { client: Client }) {
  const path = `${clientPath}/${client.id}/grants`;
  const { data } = useQuery({
    queryKey: [clientPath, client.id, "grants"],
    queryFn: ({ signal }) => get<Grants>(path, { signal }),
  });
  if (data === undefined) return null;
  return <Editor key={data.version} client={client} grants={data} />;
}

function Editor({ client, grants }: { client: Client; grants: Grants }) {
  const [lines, setLines] = useState(() => linesOf(grants));
  const [refusal, setRefusal] = useState<string>();
  const save = useAct({
    work: () => put<Grants>(`${clientPath}/${client.id}/grants`, bodyOf(lines), { version: grants.version }),
    refresh: [[clientPath]],
    done: () => (lines.length === 0 ? t`${client.name} is everybody's` : t`${client.name} is theirs alone`),
    refused: t`Access stays as it was`,
    onRefused: (problem) =>
      setRefusal(
        problem.status === 412 ? t`Somebody else changed who has access. Close this and look again.` : problem.said,
      ),
  });
  const change = (line: Named, level: Level) =>
    setLines(lines.map((each) => (each.id === line.id ? { ...each, level } : each)));
  return (
    <Section
      title={<Trans>Access</Trans>}
      hint={
        lines.length === 0 ? (
          <Trans>Everybody who may use AMC works with this client. Name somebody to keep it to them.</Trans>
        ) : (
          <Trans>Only these, and whoever sets up clients, see this client and its runs.</Trans>
        )
      }
    >
      <ul className="flex flex-col gap-8">
        {lines.map((line) => (
          <li key={line.id} className="flex items-center gap-8">
            <span className="min-w-0 flex-1 truncate">
              {line.name}
              {line.kind === "role" && (
                <span className="ml-5 text-12 text-muted">
                  <Trans>role</Trans>
                </span>
              )}
            </span>
            <span className="w-144">
              <Select
                dense
                label={t`What ${line.name} may do`}
                value={line.level}
                choices={levels()}
                onChange={(level) => change(line, level)}
              />
            </span>
            <IconButton
              label={t`Take ${line.name} off`}
              onClick={() => setLines(lines.filter((each) => each.id !== line.id))}
            >
              <X size={13} aria-hidden />
            </IconButton>
          </li>
        ))}
      </ul>
      <Add taken={lines.map(({ id }) => id)} onAdd={(line) => setLines([...lines, line])} />
      <FormRefusal message={refusal} />
      <Button className="mt-13" busy={save.isPending} onClick={() => save.mutate()}>
        <Trans>Save access</Trans>
      </Button>
    </Section>
  );
}

function Add({ taken, onAdd }: { taken: readonly string[]; onAdd: (line: Named) => void }) {
  const can = useCan();
  const enabled = can("tenancy:members");
  const members = useQuery({
    queryKey: ["/members", "names"],
    queryFn: ({ signal }) => get<Page<Member>>("/members", { signal, query: { limit: 200 } }),
    enabled,
  });
  const roles = useQuery({
    queryKey: ["/roles", "names"],
    queryFn: ({ signal }) => get<Page<Role>>("/roles", { signal, query: { limit: 200 } }),
    enabled,
  });
  const people = (members.data?.items ?? []).map(
    ({ user_id: id, display_name: name, email }): Named => ({ kind: "user", id, name: name ?? email ?? id, level: "edit" }),
  );
  const named = (roles.data?.items ?? []).map(({ id, name }): Named => ({ kind: "role", id, name, level: "edit" }));
  const free = [...people, ...named].filter(({ id }) => !taken.includes(id));
  if (free.length === 0) return null;
  const label = ({ kind, name }: Named) => (kind === "role" ? t`Role ${name}` : name);
  return (
    <div className="mt-8">
      <Select
        dense
        label={t`Give access to`}
        value=""
        choices={[{ value: "", label: t`Give access to …` }, ...free.map((line) => ({ value: line.id, label: label(line) }))]}
        onChange={(id) => {
          const line = free.find((each) => each.id === id);
          if (line !== undefined) onAdd(line);
        }}
      />
    </div>
  );
}

const levels = (): { value: Level; label: string }[] => [
  { value: "read", label: t`Sees it` },
  { value: "run", label: t`Runs queries` },
  { value: "edit", label: t`Runs and edits` },
];
