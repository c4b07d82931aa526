import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useMutation } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { post } from "@/kernel/client";
import { asProblem } from "@/kernel/problem";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { EmptyState, ErrorState, RequestId } from "@/ui/states";

import type { AddressAnswered } from "../types";

const route = getRouteApi("/open/s/amc/alerts/$token");

/** Whether alerts may come to an address: for its owner, who has no account and may change their mind. */
export function AddressPage() {
  const { token } = route.useParams();
  useTitle(t`Alerts by mail`);
  const say = useMutation({
    mutationFn: (word: "confirm" | "refuse") => post<AddressAnswered>(`/public/amc/alert-addresses/${word}`, { token }),
  });
  const { data: said, error } = say;
  if (error !== null && asProblem(error).missing) {
    return (
      <EmptyState whole title={<Trans>This link leads nowhere</Trans>}>
        <Trans>Nobody asks for this address any more. A newer mail has a newer link.</Trans>
        <RequestId error={error} />
      </EmptyState>
    );
  }
  if (error !== null) return <ErrorState error={error} onRetry={() => say.reset()} />;
  if (said === undefined) {
    return (
      <>
        <PageHead
          title={<Trans>May alerts come to your address?</Trans>}
          below={<Trans>The organisation named in the mail would like to tell you when a figure is out of bounds.</Trans>}
        />
        <Answers busy={say.isPending} onSay={say.mutate} />
        <p className="label mt-21">
          <Trans>Without an answer nothing is sent. Every alert has a link to this page, where you can change your mind.</Trans>
        </p>
      </>
    );
  }
  const { organisation, address, says_yes: saysYes } = said;
  return (
    <>
      <PageHead
        title={saysYes ? <Trans>Alerts will come to {address}</Trans> : <Trans>No alerts will come to {address}</Trans>}
        below={
          saysYes ? (
            <Trans>{organisation} can tell you from now on.</Trans>
          ) : (
            <Trans>{organisation} can neither tell you nor ask you again.</Trans>
          )
        }
      />
      <p role="status" className="mb-13 text-12 text-muted">
        <Trans>Your answer is noted.</Trans>
      </p>
      <Answers busy={say.isPending} onSay={say.mutate} said={saysYes} />
    </>
  );
}

function Answers({ busy, onSay, said }: { busy: boolean; onSay: (word: "confirm" | "refuse") => void; said?: boolean }) {
  return (
    <div className="flex flex-wrap gap-8">
      {said !== true && (
        <Button tone={said === undefined ? "primary" : "plain"} size="normal" busy={busy} onClick={() => onSay("confirm")}>
          <Trans>Yes, send them</Trans>
        </Button>
      )}
      {said !== false && (
        <Button size="normal" busy={busy} onClick={() => onSay("refuse")}>
          <Trans>No, send none</Trans>
        </Button>
      )}
    </div>
  );
}
