import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { lazy, Suspense, useState, type ReactNode } from "react";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { permissions } from "../permissions";
import type { Books } from "../types";
import { AuditBundle } from "./audit-bundle";
import { TakeLists } from "./take-lists";

const RecordFee = lazy(() => import("./record-fee").then((file) => ({ default: file.RecordFee })));

export function BooksTab({ campaignId }: { campaignId: string }) {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/campaigns", campaignId, "books"],
    queryFn: ({ signal }) => get<Books>(`/campaigns/${campaignId}/books`, { signal }),
  });
  if (isPending) return <RowsSkeleton rows={5} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data.accounts.length === 0) {
    return (
      <EmptyState title={<Trans>No account yet</Trans>}>
        <Trans>The books open when the campaign is approved.</Trans>
      </EmptyState>
    );
  }
  return <Accounts books={data} campaignId={campaignId} />;
}

function Accounts({ books, campaignId }: { books: Books; campaignId: string }) {
  const money = (value: number) => formatMoney(value, books.currency);
  const may = useCan()(...permissions.settle);
  const [recording, setRecording] = useState(false);
  return (
    <>
      <div className="mb-8 flex flex-wrap items-center justify-between gap-8">
        {books.balanced ? (
          <Badge tone="ok">
            <Trans>Debits equal credits</Trans>
          </Badge>
        ) : (
          <Badge tone="bad">
            <Trans>Debits and credits differ</Trans>
          </Badge>
        )}
        <div className="flex flex-wrap gap-8">
          {may && (
            <Button onClick={() => setRecording(true)}>
              <Trans>Record a fee</Trans>
            </Button>
          )}
          <TakeLists campaignId={campaignId} lists={["transfers", "accounts", "statement"]} />
          <AuditBundle campaignId={campaignId} />
        </div>
      </div>
      <Suspense>
        {recording && <RecordFee campaignId={campaignId} currency={books.currency} onClose={() => setRecording(false)} />}
      </Suspense>
      <Sheet>
        <div tabIndex={0} role="region" aria-label={t`Accounts`} className="overflow-x-auto rounded-8">
          <table className="w-full text-12 sm:min-w-618">
            <thead>
              <tr className="border-b border-line text-left text-muted">
                <th className="px-13 py-8 font-medium">
                  <Trans>Account</Trans>
                </th>
                <Amount head wideOnly>
                  <Trans>Debits</Trans>
                </Amount>
                <Amount head wideOnly>
                  <Trans>Credits</Trans>
                </Amount>
                <Amount head wideOnly>
                  <Trans>Pending</Trans>
                </Amount>
                <Amount head>
                  <Trans>Balance</Trans>
                </Amount>
              </tr>
            </thead>
            <tbody>
              {books.accounts.map((account) => (
                <tr key={account.code} className="border-b border-line last:border-0">
                  <td className="px-13 py-8">
                    {account.name} <code className="font-mono text-muted wrap-anywhere max-sm:block sm:ml-5">{account.code}</code>
                  </td>
                  <Amount wideOnly>{money(account.debits_posted_minor)}</Amount>
                  <Amount wideOnly>{money(account.credits_posted_minor)}</Amount>
                  <Amount wideOnly>{money(account.debits_pending_minor + account.credits_pending_minor)}</Amount>
                  <Amount strong>{money(account.balance_minor)}</Amount>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Sheet>
    </>
  );
}

interface AmountProps {
  head?: boolean;
  strong?: boolean;
  /** Left out on a phone, where a balance beside its account is what fits. */
  wideOnly?: boolean;
  children: ReactNode;
}

function Amount({ head = false, strong = false, wideOnly = false, children }: AmountProps) {
  const Cell = head ? "th" : "td";
  const look = clsx("px-13 py-8 text-right", (head || strong) && "font-medium", wideOnly && "max-sm:hidden");
  return <Cell className={look}>{children}</Cell>;
}
