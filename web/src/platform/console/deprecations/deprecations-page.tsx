import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { FigureTable } from "../figure-table";
import type { DeprecatedRoute } from "../types";
import { figure } from "../word";

export function DeprecationsPage() {
  useTitle(t`Deprecations`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/deprecations"],
    queryFn: ({ signal }) => get<Page<DeprecatedRoute>>("/admin/deprecations", { signal }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Deprecations</Trans>}
        below={<Trans>Routes on their way out, and who called them in the last thirty days.</Trans>}
      />
      {data.items.length === 0 ? (
        <Sheet>
          <EmptyState title={<Trans>No route is on its way out</Trans>}>
            <Trans>One that is deprecated stands here until its sunset, with whoever still calls it.</Trans>
          </EmptyState>
        </Sheet>
      ) : (
        data.items.map((item) => <Deprecated key={`${item.method} ${item.route}`} item={item} />)
      )}
    </div>
  );
}

function Deprecated({ item }: { item: DeprecatedRoute }) {
  return (
    <Section
      title={
        <code className="font-mono">
          {item.method} {item.route}
        </code>
      }
      hint={
        <Trans>
          Deprecated since {item.since}, ends on {item.sunset}.
        </Trans>
      }
      actions={
        item.calls === 0 ? (
          <Badge tone="ok">{t`nobody calls it`}</Badge>
        ) : (
          <Badge tone="warn">
            <Plural value={item.calls} one="# call" other="# calls" />
          </Badge>
        )
      }
    >
      {item.callers.length > 0 && (
        <Sheet>
          <FigureTable
            caption={t`Who calls ${item.route}`}
            heads={[t`Tenant`, t`Application`, t`Calls`, t`Last`]}
            rows={item.callers}
            rowKey={(caller) => `${caller.tenant_id} ${caller.application_id ?? ""}`}
            cells={(caller) => [
              <Link
                key="tenant"
                to="/console/tenants/$tenantId"
                params={{ tenantId: caller.tenant_id }}
                search={{}}
                className="text-link hover:underline"
              >
                {caller.tenant_name ?? t`a deleted organisation`}
              </Link>,
              caller.application_id === null ? t`a person` : `…${caller.application_id.slice(-8)}`,
              figure(caller.calls),
              formatShort(caller.last_called_at),
            ]}
          />
        </Sheet>
      )}
    </Section>
  );
}
