import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";

import { useCommands } from "@/kernel/commands";
import { useIsEmpty } from "@/kernel/list";
import { useWanted } from "@/kernel/making";
import { useCan } from "@/kernel/me";
import { useTitle } from "@/kernel/title";
import { Button } from "@/ui/button";
import { PageHead } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { SecretShown } from "./secret-shown";
import { path, permissions, type Webhook } from "./types";
import { WebhookDialog } from "./webhook-dialog";
import { offBecause, WebhookState } from "./words";

export function WebhooksPage() {
  useTitle(t`Webhooks`);
  const may = useCan()(permissions.manage);
  const wanted = useWanted("/settings/webhooks");
  const [making, setMaking] = useState(wanted && may);
  const [secret, setSecret] = useState<string | null>(null);
  const empty = useIsEmpty(path);
  useCommands("webhooks", may ? [{ id: "new-webhook", label: t`New webhook`, key: "n", group: t`Webhooks`, run: () => setMaking(true) }] : []);
  const make = may && (
    <Button tone="primary" shortcut="n" icon={<Plus size={13} aria-hidden />} onClick={() => setMaking(true)}>
      <Trans>New webhook</Trans>
    </Button>
  );
  return (
    <div className="max-w-1000">
      <PageHead
        title={<Trans>Webhooks</Trans>}
        below={<Trans>Addresses of yours that are told what happens here, in signed messages that are tried for a day.</Trans>}
        {...(empty ? {} : { actions: make })}
      />
      <RecordList<Webhook>
        path={path}
        empty={
          <EmptyState title={<Trans>No webhook yet</Trans>} action={make}>
            <Trans>Add one to let a program of yours know at once when something happens.</Trans>
          </EmptyState>
        }
        row={(webhook) => <WebhookLine webhook={webhook} />}
      />
      {making && <WebhookDialog onClose={() => setMaking(false)} onMade={setSecret} />}
      {secret !== null && <SecretShown value={secret} onClose={() => setSecret(null)} />}
    </div>
  );
}

function WebhookLine({ webhook }: { webhook: Webhook }) {
  const why = offBecause(webhook);
  return (
    <Line
      title={
        <Link to="/settings/webhooks/$webhookId" params={{ webhookId: webhook.id }} className="break-all hover:underline">
          {webhook.url}
        </Link>
      }
      detail={
        <>
          {webhook.description !== "" && <span>{webhook.description}</span>}
          <span>{webhook.events.includes("*") ? <Trans>everything</Trans> : <Plural value={webhook.events.length} one="# event" other="# events" />}</span>
          {why !== null && <span className="w-full text-bad">{why}</span>}
        </>
      }
      state={<WebhookState webhook={webhook} />}
    />
  );
}
