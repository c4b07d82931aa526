import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import { get } from "@/kernel/client";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { Facts, PageHead, Section, Sheet } from "@/ui/page";
import { Line } from "@/ui/record-list";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { eventWords } from "../audit/event-words";
import { useMay } from "../use-access";
import { figure } from "../word";
import type { ProtectedOperator, Security } from "./types";

/** One of these is reason enough to look at what stands behind it. */
const alarming = new Set(["identity.refresh_reuse_found.v1", "identity.passkey_clone_suspected.v1"]);

/** Whether somebody is at the doors, and how the operators' own are locked. */
export function SecurityPage() {
  useTitle(t`Sign-in security`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/admin/security"],
    queryFn: ({ signal }) => get<Security>("/admin/security", { signal }),
    refetchInterval: 60_000,
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <PageHead
        title={<Trans>Sign-in security</Trans>}
        below={<Trans>Who comes in and who is turned away. Each figure leads to its entries in the log.</Trans>}
      />
      <div className="grid gap-x-34 gap-y-34 md:grid-cols-[minmax(0,1fr)_minmax(0,1.618fr)]">
        <div className="min-w-0">
          <Section title={<Trans>Now</Trans>}>
            <Sheet className="px-13 py-5 sm:px-21">
              <Facts
                dense
                facts={[
                  [t`Signed-in devices`, figure(data.session_count)],
                  [t`Operators acting for somebody`, figure(data.impersonation_count)],
                  [t`Blocked after wrong attempts`, figure(data.blocked_count)],
                ]}
              />
            </Sheet>
          </Section>
          <Section title={<Trans>In the last 24 hours</Trans>}>
            <Sheet className="px-13 py-5 sm:px-21">
              <Facts dense facts={data.counts.map(({ name, count }) => [<Happened key={name} name={name} />, <Count key="n" name={name} count={count} />])} />
            </Sheet>
          </Section>
        </div>
        <Section
          title={<Trans>Operators</Trans>}
          hint={<Trans>A passkey, or an authenticator beside the mailed link, keeps a stolen mailbox from being enough.</Trans>}
        >
          <Sheet>
            <ul>
              {data.operators.map((operator) => (
                <li key={operator.user_id} className="border-b border-line px-13 py-8 last:border-0 sm:px-21">
                  <OperatorLine operator={operator} />
                </li>
              ))}
            </ul>
          </Sheet>
        </Section>
      </div>
    </>
  );
}

/** What an event of the log comes to, said of many. */
function words(name: string): string {
  const known: Record<string, string> = {
    "identity.user_signed_in.v1": t`Sign-ins`,
    "identity.sign_in_failed.v1": t`Wrong passwords, codes and passkeys`,
    "identity.sign_in_confirmed.v1": t`Confirmed again before a change`,
    "identity.password_changed.v1": t`Passwords set or changed`,
    "identity.totp_removed.v1": t`Authenticators turned off`,
    "identity.recovery_code_used.v1": t`Recovery codes used`,
    "identity.refresh_reuse_found.v1": t`Sessions ended because a copy was used`,
    "identity.passkey_clone_suspected.v1": t`Passkeys that may have been copied`,
    "identity.impersonation_started.v1": t`Times an operator acted for somebody`,
  };
  return known[name] ?? eventWords(name);
}

/** The entries behind a figure, for operators who may read the log. */
function Happened({ name }: { name: string }) {
  const may = useMay();
  if (!may("audit:read")) return <>{words(name)}</>;
  return (
    <Link to="/console/audit" search={{ name }} className="text-link hover:underline">
      {words(name)}
    </Link>
  );
}

function Count({ name, count }: { name: string; count: number }) {
  if (count > 0 && alarming.has(name)) return <Badge tone="bad">{figure(count)}</Badge>;
  return <>{figure(count)}</>;
}

function OperatorLine({ operator }: { operator: ProtectedOperator }) {
  const { has_passkey: passkey, has_authenticator: authenticator } = operator;
  return (
    <Line
      title={operator.display_name}
      detail={<span>{operator.email}</span>}
      state={
        <>
          {passkey && <Badge tone="ok">{t`passkey`}</Badge>}
          {authenticator && <Badge tone="ok">{t`authenticator`}</Badge>}
          {!passkey && !authenticator && <Badge tone="warn">{t`mailbox only`}</Badge>}
        </>
      }
    />
  );
}
