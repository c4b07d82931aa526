import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import type { Page } from "@/kernel/api-types";
import { get, post, remove } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Line } from "@/ui/record-list";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import type { AttendedDevice, FoundUser } from "../types";
import { useMay } from "../use-access";

/** Where a person is signed in, within the operator's reach; each can be ended. */
export function UserDevices({ user }: { user: FoundUser }) {
  const path = `/admin/users/${user.id}/sessions`;
  const may = useMay();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<Page<AttendedDevice>>(path, { signal }),
    staleTime: 0,
  });
  const end = useAct({
    work: (device: AttendedDevice | null) => (device === null ? post(`${path}/revoke`) : remove(`${path}/${device.id}`)),
    refresh: [[path]],
    done: (_, device) => (device === null ? t`${user.email} is signed out everywhere` : t`${device.device} is signed out`),
    refused: t`They stay signed in`,
  });
  if (isPending) return <RowsSkeleton rows={2} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const tenants = new Map(user.tenants.map((tenant) => [tenant.tenant_id, tenant.name]));
  const mayEnd = may("users:revoke");
  return (
    <div className="mt-8 rounded-8 bg-ground px-13 py-5">
      {data.items.length === 0 && (
        <p className="label py-5">
          <Trans>Signed in nowhere.</Trans>
        </p>
      )}
      <ul>
        {data.items.map((device) => (
          <li key={device.id} className="border-b border-line py-5 last:border-0">
            <Line
              title={device.device}
              detail={
                <>
                  <span>{device.ip ?? t`unknown address`}</span>
                  <span>{tenants.get(device.tenant_id) ?? t`no organisation`}</span>
                  <span>
                    <Trans>last used {formatShort(device.last_used_at)}</Trans>
                  </span>
                </>
              }
              state={device.impersonator_id !== null && <Badge tone="warn">{t`an operator acts here`}</Badge>}
              actions={
                mayEnd && (
                  <Button
                    tone="danger"
                    aria-label={t`Sign out ${device.device}`}
                    busy={end.isPending && end.variables?.id === device.id}
                    onClick={() => end.mutate(device)}
                  >
                    <Trans>Sign out</Trans>
                  </Button>
                )
              }
            />
          </li>
        ))}
      </ul>
      {mayEnd && data.items.length > 1 && (
        <div className="py-8">
          <Button tone="danger" onClick={() => end.mutate(null)}>
            <Trans>Sign out everywhere</Trans>
          </Button>
        </div>
      )}
    </div>
  );
}
