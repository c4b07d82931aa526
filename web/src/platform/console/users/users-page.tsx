import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { getRouteApi, Link } from "@tanstack/react-router";
import { MonitorSmartphone, Search, UserRoundCog } from "lucide-react";
import { useEffect, useState } from "react";

import { useTitle } from "@/kernel/title";
import { Badge, plainTone } from "@/ui/badge";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import type { FoundUser } from "../types";
import { useMay } from "../use-access";
import { ImpersonateDialog } from "./impersonate-dialog";
import { UserDevices } from "./user-devices";

const route = getRouteApi("/app/operator/console/users");
const leastSigns = 3;

export function UsersPage() {
  useTitle(t`People`);
  const { email, account_id: account } = route.useSearch();
  const go = route.useNavigate();
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>People</Trans>}
        below={<Trans>Find whoever asks for help by a part of their address.</Trans>}
      />
      <SearchField value={email ?? ""} onChange={(next) => void go({ search: { email: next }, replace: true })} />
      {email === undefined || email.length < leastSigns ? (
        <EmptyState title={<Trans>Whom are you looking for?</Trans>}>
          <Trans>Three characters of an e-mail address are enough.</Trans>
        </EmptyState>
      ) : (
        <RecordList<FoundUser>
          path="/admin/users"
          query={{ email, account_id: account }}
          empty={
            <EmptyState title={<Trans>Nobody by that address</Trans>}>
              <Trans>Within the organisations that you look after.</Trans>
            </EmptyState>
          }
          row={(user) => <UserLine user={user} />}
        />
      )}
    </div>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (value: string | undefined) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return;
    const wait = setTimeout(() => onChange(typed === "" ? undefined : typed), 261);
    return () => clearTimeout(wait);
  }, [typed, value, onChange]);
  return (
    <label className="mb-13 flex h-44 items-center gap-8 rounded-5 border border-line-strong bg-paper px-13">
      <Search size={16} aria-hidden className="shrink-0 text-muted" />
      <span className="sr-only">
        <Trans>Part of an e-mail address</Trans>
      </span>
      <input
        type="search"
        data-list-search
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        placeholder={t`name@example.com`}
        className="h-full w-full bg-transparent text-16 outline-none placeholder:text-muted"
      />
    </label>
  );
}

function UserLine({ user }: { user: FoundUser }) {
  const [devices, setDevices] = useState(false);
  const [acting, setActing] = useState(false);
  const may = useMay();
  const name = user.display_name === "" ? user.email : user.display_name;
  return (
    <>
      <Line
        title={name}
        detail={
          <>
            <span className="break-all">{user.email}</span>
            {!user.email_verified && <span className="text-warn">{t`address not verified`}</span>}
            {user.tenants.map((tenant) => (
              <Link
                key={tenant.tenant_id}
                to="/console/tenants/$tenantId"
                params={{ tenantId: tenant.tenant_id }}
                search={{}}
                className="text-link hover:underline"
              >
                {tenant.name}
              </Link>
            ))}
          </>
        }
        state={<Badge tone={plainTone(user.state)}>{user.state}</Badge>}
        actions={
          <>
            <Button
              aria-label={t`Devices of ${name}`}
              aria-expanded={devices}
              icon={<MonitorSmartphone size={13} aria-hidden />}
              onClick={() => setDevices(!devices)}
            >
              <Trans>Devices</Trans>
            </Button>
            {may("users:impersonate") && (
              <Button
                aria-label={t`Act as ${name}`}
                icon={<UserRoundCog size={13} aria-hidden />}
                disabled={user.tenants.length === 0 || user.state !== "active"}
                onClick={() => setActing(true)}
              >
                <Trans>Act as</Trans>
              </Button>
            )}
          </>
        }
      />
      {devices && <UserDevices user={user} />}
      {acting && (
        <ImpersonateDialog
          person={{
            userId: user.id,
            name,
            tenants: user.tenants.map((tenant) => ({ id: tenant.tenant_id, name: tenant.name })),
          }}
          onClose={() => setActing(false)}
        />
      )}
    </>
  );
}
