import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { UserRoundCog } from "lucide-react";
import { useState } from "react";

import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { ImpersonateDialog, type Impersonated } from "../users/impersonate-dialog";
import type { AttendedMember, TenantRecord } from "../types";
import { useMay } from "../use-access";

export function MembersTab({ tenant }: { tenant: TenantRecord }) {
  const [chosen, setChosen] = useState<Impersonated | null>(null);
  const may = useMay();
  return (
    <div className="max-w-1000">
      <RecordList<AttendedMember>
        path={`/admin/tenants/${tenant.id}/members`}
        empty={
          <EmptyState title={<Trans>Nobody here yet</Trans>}>
            <Trans>The first owner comes with the onboarding.</Trans>
          </EmptyState>
        }
        row={(member) => {
          const name = member.display_name ?? member.email ?? t`Somebody`;
          return (
            <Line
              title={name}
              detail={
                <>
                  <span className="break-all">{member.email ?? t`erased`}</span>
                  <span>{member.roles.join(", ")}</span>
                  <span>
                    <Trans>since {formatShort(member.joined_at)}</Trans>
                  </span>
                </>
              }
              actions={
                may("users:impersonate") && (
                  <Button
                    aria-label={t`Act as ${name}`}
                    icon={<UserRoundCog size={13} aria-hidden />}
                    disabled={tenant.state !== "active"}
                    onClick={() =>
                      setChosen({ userId: member.user_id, name, tenants: [{ id: tenant.id, name: tenant.name }] })
                    }
                  >
                    <Trans>Act as</Trans>
                  </Button>
                )
              }
            />
          );
        }}
      />
      {chosen !== null && <ImpersonateDialog person={chosen} onClose={() => setChosen(null)} />}
    </div>
  );
}
