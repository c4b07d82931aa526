import "./receipt.css";

import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Printer } from "lucide-react";

import { get } from "@/kernel/client";
import { useMe } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { Facts } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { Fingerprint, useAuditKeys } from "../audit-key";
import { titleOf } from "../campaign-title";
import { Moves } from "../moves";
import type { Commitment } from "../types";
import { amountFacts } from "./amount-facts";

const route = getRouteApi("/app/commitments/$commitmentId/receipt");

export function ReceiptPage() {
  const { commitmentId } = route.useParams();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/commitments", commitmentId],
    queryFn: ({ signal }) => get<Commitment>(`/commitments/${commitmentId}`, { signal }),
  });
  const reference = data?.reference;
  useTitle(reference === undefined ? t`Receipt` : t`Receipt ${reference}`);
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return (
    <div className="mx-auto max-w-618">
      <div className="mb-13 flex flex-wrap items-center justify-between gap-13">
        <Link to="/commitments/$commitmentId" params={{ commitmentId }} className="label leading-[34px] hover:text-ink">
          <Trans>Back to the commitment</Trans>
        </Link>
        <Button tone="primary" size="normal" icon={<Printer size={13} aria-hidden />} onClick={() => window.print()}>
          <Trans>Print</Trans>
        </Button>
      </div>
      <Receipt commitment={data} />
    </div>
  );
}

function Receipt({ commitment }: { commitment: Commitment }) {
  const me = useMe();
  const { currency } = commitment;
  return (
    <article className="receipt rounded-8 border border-line bg-paper p-13 text-ink sm:p-34">
      <p className="label">{me?.tenant?.name}</p>
      <h1 className="mt-3 text-26 font-semibold">
        <Trans>Receipt of a commitment</Trans>
      </h1>
      <p className="mt-3 text-16">{commitment.state_text}</p>
      <div className="mt-21">
        <Facts
          facts={[
            [<Trans key="n">Campaign</Trans>, titleOf({ title: commitment.campaign_title })],
            [<Trans key="n">Reference</Trans>, <span key="v" className="font-mono whitespace-nowrap">{commitment.reference}</span>],
            [<Trans key="n">Participant</Trans>, me?.user.display_name ?? "–"],
            [<Trans key="n">Placed</Trans>, formatInstant(commitment.placed_at)],
            ...amountFacts(commitment),
          ]}
        />
      </div>
      <h2 className="mt-21 mb-8 text-16 font-semibold">
        <Trans>Each move of the money</Trans>
      </h2>
      <Moves moves={commitment.moves} currency={currency} />
      <PrintedKey />
      <p className="label mt-21 text-pretty">
        <Trans>
          This paper states what the ledger held when it was printed. Price, time and delivery are conditional until the
          supplier accepts. It is no invoice.
        </Trans>
      </p>
    </article>
  );
}

/** On paper the key is out of anybody's reach: a proof taken later is held against it. */
function PrintedKey() {
  const [newest] = useAuditKeys();
  if (newest === undefined) return null;
  return (
    <p className="label mt-21 text-pretty">
      <Trans>The log of this commitment is signed with the key of this fingerprint:</Trans>{" "}
      <Fingerprint value={newest.fingerprint} />
    </p>
  );
}
