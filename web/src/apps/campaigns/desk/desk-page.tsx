import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { CreditCard, FileWarning, HandCoins, Send, ShieldAlert, Stamp, Undo2 } from "lucide-react";
import type { ReactNode } from "react";

import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { formatMoney } from "@/kernel/money";
import { useTitle } from "@/kernel/title";
import { PageHead } from "@/ui/page";
import { NoPermission } from "@/ui/states";

import { titleOf } from "../campaign-title";
import { permissions } from "../permissions";
import { DoneElsewhere, ToTheBooks } from "./done-elsewhere";
import { SeverityBadge } from "./exception-columns";
import { Gauges } from "./gauges";
import { LookUp } from "./look-up";
import { Queue } from "./queue";
import type { CardDispute, DeskException, Payout, Refund, WaitingRequest } from "./types";

const follow = [["/approvals"], ["/payments/breaks"], ["/payments/instructions"], ["/campaign-exceptions"], ["/campaign-card-disputes"], ["/refunds"], ["/campaign-payouts"], ["/campaign-provider-actions"], ["/campaign-dispute-rate"], ["/campaign-coverage"]];

interface Difference {
  id: string;
  kind: string;
  reference: string | null;
  found_minor: number | null;
  expected_minor: number | null;
  currency: string;
  opened_at: string;
}

interface Overdue {
  id: string;
  kind: string;
  amount_minor: number;
  currency: string;
  created_at: string;
}

const money = (minor: number | null, currency: string | null) => (minor === null || currency === null ? undefined : formatMoney(minor, currency));

/** Everything that waits for somebody's hand, each kind in its queue: nothing here happens by itself. */
export function DeskPage() {
  useTitle(t`Control room`);
  const can = useCan();
  useLive({ module: "campaigns", refresh: follow });
  useLive({ module: "payments", refresh: follow });
  useLive({ module: "approvals", refresh: follow });
  if (!can(...permissions.organise)) {
    return <NoPermission detail={t`The control room is for those who look after campaigns.`} permission={permissions.organise[0]} />;
  }
  return (
    <>
      <PageHead
        title={<Trans>Control room</Trans>}
        below={<Trans>What waits for somebody&rsquo;s hand. What is not here goes its way by itself.</Trans>}
        {...(can(...permissions.books) ? { actions: <ToTheBooks /> } : {})}
      />
      <LookUp />
      <Gauges />
      <div className="grid items-start gap-13 md:grid-cols-2 lg:grid-cols-3">
        {can("approvals:read") && <Approvals />}
        <Refunds />
        <Payouts />
        <Disputes />
        <Exceptions />
        <DoneElsewhere />
        {can("payments:read") && <Differences />}
        {can("payments:read") && <OverdueInstructions />}
      </div>
    </>
  );
}

function Approvals() {
  return (
    <Queue<WaitingRequest>
      title={t`Wait for a second person`}
      icon={Stamp}
      path="/approvals"
      query={{ state: "requested" }}
      item={(row) => ({
        id: row.id,
        what: row.summary,
        amount: money(row.amount_minor, row.currency),
        at: row.requested_at,
        link: { to: "/approvals/$approvalId", params: { approvalId: row.id } },
      })}
      all={{ to: "/approvals" }}
      calm={<Trans>Nothing waits for a decision.</Trans>}
    />
  );
}

function Refunds() {
  return (
    <Queue<Refund>
      title={t`Refused refunds`}
      icon={Undo2}
      path="/refunds"
      query={{ state: "failed" }}
      item={(row) => ({
        id: row.id,
        what: <Owned reference={row.commitment_reference} title={row.campaign_title} />,
        amount: money(row.amount_minor, row.currency),
        at: row.created_at,
        link: { to: "/desk/refunds", search: { state: "failed", row: row.id } },
      })}
      all={{ to: "/desk/refunds", search: { state: "failed" } }}
      calm={<Trans>Every refund has gone out.</Trans>}
    />
  );
}

function Payouts() {
  return (
    <Queue<Payout>
      title={t`Refused payments to suppliers`}
      icon={HandCoins}
      path="/campaign-payouts"
      query={{ state: "failed" }}
      item={(row) => ({
        id: row.id,
        what: <Owned reference={row.campaign_reference} title={row.campaign_title} />,
        amount: money(row.amount_minor, row.currency),
        at: row.created_at,
        link: { to: "/desk/payouts", search: { state: "failed", row: row.id } },
      })}
      all={{ to: "/desk/payouts", search: { state: "failed" } }}
      calm={<Trans>No payment was refused or came back.</Trans>}
    />
  );
}

function Disputes() {
  return (
    <Queue<CardDispute>
      title={t`Open card disputes`}
      icon={CreditCard}
      path="/campaign-card-disputes"
      query={{ state: "open" }}
      item={(row) => ({
        id: row.id,
        what: <Owned reference={row.commitment_reference} title={row.campaign_title} />,
        amount: money(row.amount_minor, row.currency),
        at: row.opened_at,
        link: { to: "/desk/disputes", search: { state: "open", row: row.id } },
      })}
      all={{ to: "/desk/disputes", search: { state: "open" } }}
      calm={<Trans>No bank disputes anything.</Trans>}
    />
  );
}

function Exceptions() {
  return (
    <Queue<DeskException>
      title={t`Open exceptions`}
      icon={ShieldAlert}
      path="/campaign-exceptions"
      query={{ open: "true" }}
      item={(row) => ({
        id: row.id,
        what: (
          <span className="flex flex-wrap items-center gap-8">
            <SeverityBadge exception={row} /> {row.title}
          </span>
        ),
        at: row.opened_at,
        link: { to: "/desk/exceptions", search: { open: "true", row: row.id } },
      })}
      all={{ to: "/desk/exceptions", search: { open: "true" } }}
      calm={<Trans>The register has nothing open.</Trans>}
    />
  );
}

function Differences() {
  return (
    <Queue<Difference>
      title={t`Differences with statements`}
      icon={FileWarning}
      path="/payments/breaks"
      query={{ state: "open" }}
      item={(row) => ({
        id: row.id,
        what: (
          <>
            <span className="first-letter:uppercase">{row.kind.replaceAll("_", " ")}</span>{" "}
            <span className="font-mono text-muted whitespace-nowrap">{row.reference}</span>
          </>
        ),
        amount: money(row.found_minor ?? row.expected_minor, row.currency),
        at: row.opened_at,
        link: { to: "/payments/breaks", search: { state: "open", row: row.id } },
      })}
      all={{ to: "/payments/breaks", search: { state: "open" } }}
      calm={<Trans>Statements and records agree.</Trans>}
    />
  );
}

function OverdueInstructions() {
  return (
    <Queue<Overdue>
      title={t`Overdue instructions`}
      icon={Send}
      path="/payments/instructions"
      query={{ overdue: "true" }}
      item={(row) => ({
        id: row.id,
        what: <span className="first-letter:uppercase">{row.kind}</span>,
        amount: money(row.amount_minor, row.currency),
        at: row.created_at,
        link: { to: "/payments/instructions", search: { overdue: "true", row: row.id } },
      })}
      all={{ to: "/payments/instructions", search: { overdue: "true" } }}
      calm={<Trans>The provider has answered everything in time.</Trans>}
    />
  );
}

function Owned({ reference, title }: { reference: string; title: string | null }): ReactNode {
  return (
    <>
      <span className="font-mono whitespace-nowrap">{reference}</span> <span className="text-muted">{titleOf({ title })}</span>
    </>
  );
}
