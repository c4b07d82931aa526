import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { clsx } from "clsx";
import { ArrowLeft, RotateCw } from "lucide-react";

import type { Mail, Page } from "@/kernel/api-types";
import { get } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { inputClass } from "@/ui/field";
import { PageHead, Sheet } from "@/ui/page";
import { RealTimeNote } from "@/ui/real-time";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { Message } from "./message";

export interface MailboxSearch {
  to?: string | undefined;
  mail?: string | undefined;
}

interface MailboxProps {
  search: MailboxSearch;
  onSearch: (search: MailboxSearch, replace: boolean) => void;
}

/** What would have been sent, a list and the mail that is open. */
export function Mailbox({ search: { to, mail }, onSearch }: MailboxProps) {
  useTitle(t`Local mailbox`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/mailbox", to],
    queryFn: ({ signal }) => get<Page<Mail>>("/mailbox", { signal, query: { to } }),
    staleTime: 0,
  });
  const chosen = data?.items.find((entry) => entry.id === mail);
  const open = (id: string | undefined) => onSearch({ to, mail: id }, false);
  return (
    <>
      <PageHead
        title={<Trans>Local mailbox</Trans>}
        below={<Trans>Mail that this installation would have sent. It never leaves this machine.</Trans>}
        actions={
          <Button icon={<RotateCw size={13} aria-hidden />} onClick={() => void refetch()}>
            <Trans>Look again</Trans>
          </Button>
        }
      />
      <RealTimeNote />
      {error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="grid gap-13 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
          <Sheet className={clsx("self-start overflow-hidden", chosen !== undefined && "hidden md:block")}>
            <div className="border-b border-line p-8">
              <input
                type="search"
                aria-label={t`Only mail to this address`}
                placeholder={t`Only to this address…`}
                defaultValue={to}
                onChange={({ target }) =>
                  onSearch({ to: target.value === "" ? undefined : target.value }, true)
                }
                className={clsx(inputClass, "h-34")}
              />
            </div>
            {isPending ? (
              <RowsSkeleton rows={5} />
            ) : data.items.length === 0 ? (
              <EmptyState title={<Trans>No mail</Trans>}>
                <Trans>Ask for a sign-in link and it appears here.</Trans>
              </EmptyState>
            ) : (
              <MailList mails={data.items} chosen={mail} onOpen={open} />
            )}
          </Sheet>
          {chosen === undefined && data !== undefined && data.items.length > 0 && (
            <div className="hidden self-start md:block">
              <EmptyState title={<Trans>No mail is open</Trans>}>
                <Trans>Choose one at the left to read it as it was sent.</Trans>
              </EmptyState>
            </div>
          )}
          {chosen !== undefined && (
            <div className="min-w-0">
              <Button
                tone="quiet"
                className="mb-8 md:hidden"
                icon={<ArrowLeft size={13} aria-hidden />}
                onClick={() => open(undefined)}
              >
                <Trans>All mail</Trans>
              </Button>
              <Message mail={chosen} />
            </div>
          )}
        </div>
      )}
    </>
  );
}

interface MailListProps {
  mails: readonly Mail[];
  chosen: string | undefined;
  onOpen: (id: string) => void;
}

function MailList({ mails, chosen, onOpen }: MailListProps) {
  return (
    <ul>
      {mails.map((mail) => (
        <li key={mail.id} className="border-b border-line last:border-0">
          <button
            type="button"
            aria-current={mail.id === chosen}
            onClick={() => onOpen(mail.id)}
            className={clsx("block w-full px-13 py-8 text-left hover:bg-sunken", mail.id === chosen && "bg-soft")}
          >
            <span className="block truncate text-16">{mail.subject}</span>
            <span className="label flex justify-between gap-13">
              <span className="truncate">{mail.to.join(", ")}</span>
              <span className="shrink-0">{formatShort(mail.received_at)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
