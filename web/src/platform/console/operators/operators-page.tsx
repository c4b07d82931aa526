import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { UserPlus } from "lucide-react";
import { useState } from "react";

import { post } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { useWanted } from "@/kernel/making";
import { useMe } from "@/kernel/me";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { Operator } from "../types";
import { useMay } from "../use-access";
import { AdminKeys } from "./admin-keys";
import { grantsSaid } from "./grant-words";
import { OperatorDialog } from "./operator-dialog";

export function OperatorsPage() {
  useTitle(t`Operators`);
  const wanted = useWanted("/console/operators");
  const [editing, setEditing] = useState<Operator | "new" | null>(wanted ? "new" : null);
  const may = useMay();
  const mayWrite = may("operators:write");
  const close = () => setEditing(null);
  useCommands(
    "console-operators",
    mayWrite
      ? [{ id: "invite", label: t`Invite an operator`, key: "i", group: t`Operators`, run: () => setEditing("new") }]
      : [],
  );
  const invite = mayWrite && (
    <Button tone="primary" shortcut="i" icon={<UserPlus size={13} aria-hidden />} onClick={() => setEditing("new")}>
      <Trans>Invite</Trans>
    </Button>
  );
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Operators</Trans>}
        below={<Trans>Who runs this installation, and how far each of them reaches.</Trans>}
        actions={invite}
      />
      <RecordList<Operator>
        path="/admin/operators"
        empty={<EmptyState title={<Trans>No operator yet</Trans>} action={invite} />}
        row={(operator) => (
          <OperatorLine operator={operator} mayWrite={mayWrite} onEdit={() => setEditing(operator)} />
        )}
      />
      <AdminKeys mayWrite={mayWrite} />
      {editing !== null && <OperatorDialog operator={editing === "new" ? null : editing} onClose={close} />}
    </div>
  );
}

interface OperatorLineProps {
  operator: Operator;
  mayWrite: boolean;
  onEdit: () => void;
}

function OperatorLine({ operator, mayWrite, onEdit }: OperatorLineProps) {
  const me = useMe();
  const { id, display_name: name, state } = operator;
  const own = operator.user_id === me?.user.id;
  const act = useAct({
    work: (verb: "suspend" | "activate" | "link") => post(`/admin/operators/${id}/${verb}`),
    refresh: [["/admin/operators"]],
    done: (_, verb) =>
      verb === "link"
        ? t`A new link is on its way to ${name}`
        : verb === "suspend"
          ? t`${name} is suspended`
          : t`${name} is active`,
    refused: t`${name} stays as it was`,
  });
  return (
    <Line
      title={own ? t`${name} (you)` : name}
      detail={
        <>
          <span className="break-all">{operator.email}</span>
          <span>{grantsSaid(operator.grants)}</span>
          {state === "invited" && operator.link_expires_at !== null && (
            <span>
              <Trans>link works until {formatShort(operator.link_expires_at)}</Trans>
            </span>
          )}
        </>
      }
      state={<Badge tone={plainTone(state)}>{state}</Badge>}
      actions={
        mayWrite &&
        !own && (
          <>
            {state === "invited" && (
              <Button aria-label={t`Send ${name} a new link`} busy={act.isPending} onClick={() => act.mutate("link")}>
                <Trans>New link</Trans>
              </Button>
            )}
            {state === "active" && (
              <Button
                tone="danger"
                aria-label={t`Suspend ${name}`}
                busy={act.isPending}
                onClick={() => act.mutate("suspend")}
              >
                <Trans>Suspend</Trans>
              </Button>
            )}
            {state === "suspended" && (
              <Button aria-label={t`Activate ${name}`} busy={act.isPending} onClick={() => act.mutate("activate")}>
                <Trans>Activate</Trans>
              </Button>
            )}
            <Button aria-label={t`Rights of ${name}`} onClick={onEdit}>
              <Trans>Rights</Trans>
            </Button>
          </>
        )
      }
    />
  );
}
