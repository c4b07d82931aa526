import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";

import { get } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { formatInstant, formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Facts, PageHead, Section, Sheet } from "@/ui/page";
import { PageSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { DeliveryLog } from "./delivery-log";
import { SecretShown } from "./secret-shown";
import { path, permissions, type Webhook } from "./types";
import { WebhookDialog } from "./webhook-dialog";
import { WebhookVerbs } from "./webhook-verbs";
import { offBecause, WebhookState } from "./words";

const route = getRouteApi("/app/settings/webhooks/$webhookId");

export function WebhookPage() {
  const { webhookId } = route.useParams();
  useTitle(t`Webhook`);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path, webhookId],
    queryFn: ({ signal }) => get<Webhook>(`${path}/${webhookId}`, { signal }),
  });
  if (isPending) return <PageSkeleton />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Shown webhook={data} />;
}

function Shown({ webhook }: { webhook: Webhook }) {
  const may = useCan()(permissions.manage);
  const [changing, setChanging] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const why = offBecause(webhook);
  return (
    <div className="max-w-1000">
      <PageHead
        above={
          <Link to="/settings/webhooks" className="hover:text-ink">
            <Trans>Webhooks</Trans>
          </Link>
        }
        title={<span className="break-all">{webhook.url}</span>}
        beside={<WebhookState webhook={webhook} />}
        {...(webhook.description === "" ? {} : { below: webhook.description })}
        {...(may ? { actions: <WebhookVerbs webhook={webhook} onChange={() => setChanging(true)} onSecret={setSecret} /> } : {})}
      />
      {why !== null && (
        <p role="note" className="mb-21 rounded-5 bg-bad-soft px-13 py-8 text-16 text-bad">
          {why}
        </p>
      )}
      <Section title={<Trans>Facts</Trans>}>
        <Sheet className="px-13 py-5 sm:px-21">
          <Facts facts={factsOf(webhook)} />
        </Sheet>
      </Section>
      <DeliveryLog webhook={webhook} may={may} />
      {changing && <WebhookDialog webhook={webhook} onClose={() => setChanging(false)} />}
      {secret !== null && <SecretShown value={secret} onClose={() => setSecret(null)} />}
    </div>
  );
}

function factsOf(webhook: Webhook) {
  const events = webhook.events.includes("*") ? (
    <Trans>everything that happens</Trans>
  ) : (
    <code className="font-mono text-12 break-all">{webhook.events.join(", ")}</code>
  );
  return [
    [<Trans key="n">Told of</Trans>, events],
    [<Trans key="n">Added</Trans>, formatInstant(webhook.created_at)],
    ...(webhook.failing_since === null ? [] : [[<Trans key="n">Nothing has arrived since</Trans>, formatInstant(webhook.failing_since)] as const]),
    ...(webhook.old_secret_until === null ? [] : [[<Trans key="n">The old secret signs until</Trans>, formatShort(webhook.old_secret_until)] as const]),
  ] as const;
}
