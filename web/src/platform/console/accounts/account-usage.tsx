import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";

import { get } from "@/kernel/client";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { FigureTable } from "../figure-table";
import { limitWord } from "../tenants/usage-section";
import { figure } from "../word";
import type { AccountUsage as Usage } from "./types";

/** What all tenants of the account use together; each one's own is on its page. */
export function AccountUsage({ accountId }: { accountId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/accounts", accountId, "usage"],
    queryFn: ({ signal }) => get<Usage>(`/admin/accounts/${accountId}/usage`, { signal }),
  });
  return (
    <Section title={<Trans>Usage of all tenants</Trans>}>
      <Sheet>
        {isPending ? (
          <RowsSkeleton rows={3} />
        ) : error !== null ? (
          <ErrorState error={error} onRetry={() => void refetch()} />
        ) : (
          <>
            <FigureTable
              caption={t`Usage of all tenants`}
              heads={[t`Limit`, t`Used`, t`Allowed`]}
              rows={data.items}
              rowKey={({ name }) => name}
              cells={(item) => [limitWord(item.name), figure(item.used), item.allowed === null ? t`no bound` : figure(item.allowed)]}
            />
            <p className="label px-13 py-8 sm:px-21">
              {data.is_whole ? (
                <Plural value={data.tenant_count} one="Added up over # tenant." other="Added up over # tenants." />
              ) : (
                <Trans>Added up over its oldest {data.tenant_count} tenants; there are more.</Trans>
              )}
            </p>
          </>
        )}
      </Sheet>
    </Section>
  );
}
