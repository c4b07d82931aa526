import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { PageHead, Section, Sheet } from "@/ui/page";
import { Line } from "@/ui/record-list";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { useAccount } from "./accounts/use-account";
import type { RoleOverview } from "./types";
import { word } from "./word";

const row = "border-b border-line px-13 py-8 last:border-0 sm:px-21";

export function RolesPage() {
  useTitle(t`Roles overview`);
  const account = useAccount();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/roles", account],
    queryFn: ({ signal }) => get<RoleOverview>("/admin/roles", { signal, query: { account_id: account } }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Roles overview</Trans>}
        below={<Trans>The roles every tenant has, and those that tenants made for themselves.</Trans>}
      />
      <Section title={<Trans>Built in</Trans>}>
        <Sheet>
          <ul>
            {data.items.map((role) => (
              <li key={role.id} className={row}>
                <Line
                  title={word(role.name)}
                  detail={role.description}
                  state={
                    <span className="label">
                      <Plural value={role.member_count} one="# person" other="# people" />
                    </span>
                  }
                />
                <Rights names={role.permissions} />
              </li>
            ))}
          </ul>
        </Sheet>
      </Section>
      <Section title={<Trans>Made by tenants</Trans>}>
        <Sheet>
          {data.custom.length === 0 && (
            <p className="p-21 text-12 text-muted">
              <Trans>No tenant has made a role of its own.</Trans>
            </p>
          )}
          <ul>
            {data.custom.map((role) => (
              <li key={role.id} className={row}>
                <Line
                  title={role.name}
                  detail={
                    <Link
                      to="/console/tenants/$tenantId"
                      params={{ tenantId: role.tenant_id }}
                      search={{}}
                      className="text-link hover:underline"
                    >
                      {role.tenant_name}
                    </Link>
                  }
                />
                <Rights names={role.permissions} />
              </li>
            ))}
          </ul>
        </Sheet>
      </Section>
    </div>
  );
}

function Rights({ names }: { names: readonly string[] }) {
  return (
    <details className="mt-3 text-12">
      <summary className="cursor-pointer text-muted hover:text-ink">
        <Plural value={names.length} one="# right" other="# rights" />
      </summary>
      <ul className="mt-5 flex flex-wrap gap-5">
        {names.map((name) => (
          <li key={name} className="rounded-3 bg-sunken px-5 font-mono">
            {name}
          </li>
        ))}
      </ul>
    </details>
  );
}
