import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Plus } from "lucide-react";
import { useState } from "react";

import type { Role } from "@/kernel/api-types";
import { useCommands } from "@/kernel/commands";
import { remove } from "@/kernel/client";
import { useWanted } from "@/kernel/making";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useUndoable } from "@/ui/use-undoable";

import { RoleEditor } from "./role-editor";
import { roleWords } from "./role-words";

const key = ["/roles"];

export function RolesPage() {
  useTitle(t`Roles`);
  const [editing, setEditing] = useState<Role | "new" | null>(useWanted("/settings/roles") ? "new" : null);
  const drop = useUndoable(key);
  useCommands("roles", [
    { id: "new-role", label: t`New role`, key: "n", group: t`Roles`, run: () => setEditing("new") },
  ]);
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Roles</Trans>}
        below={<Trans>You can give only what you hold yourself.</Trans>}
        actions={
          <Button tone="primary" shortcut="n" icon={<Plus size={13} aria-hidden />} onClick={() => setEditing("new")}>
            <Trans>New role</Trans>
          </Button>
        }
      />
      <RecordList<Role>
        path="/roles"
        empty={null}
        row={(role) => (
          <Line
            title={roleWords([role.name])}
            detail={
              <>
                <span>{role.description}</span>
                <span>
                  <Plural value={role.permissions.length} one="# permission" other="# permissions" />
                </span>
              </>
            }
            state={
              role.is_system && (
                <Badge tone="neutral">
                  <Trans>Built in</Trans>
                </Badge>
              )
            }
            actions={
              <>
                <Button onClick={() => setEditing(role)}>
                  {role.is_system ? <Trans>See</Trans> : <Trans>Change</Trans>}
                </Button>
                {!role.is_system && (
                  <Button
                    tone="danger"
                    onClick={() =>
                      drop({
                        id: role.id,
                        done: t`Role ${role.name} deleted`,
                        refused: t`The role stays`,
                        work: () => remove(`/roles/${role.id}`),
                      })
                    }
                  >
                    <Trans>Delete</Trans>
                  </Button>
                )}
              </>
            }
          />
        )}
      />
      {editing !== null && <RoleEditor role={editing === "new" ? null : editing} onClose={() => setEditing(null)} />}
    </div>
  );
}
