import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";

import { patch, post, remove } from "@/kernel/client";
import { useCommands } from "@/kernel/commands";
import { Button } from "@/ui/button";
import { useAct } from "@/ui/use-act";
import { useUndoable } from "@/ui/use-undoable";

import { path, type Webhook, type WebhookWithSecret } from "./types";

const key = [path];
const overlapSeconds = 86_400;

interface WebhookVerbsProps {
  webhook: Webhook;
  onChange: () => void;
  onSecret: (value: string) => void;
}

/** What can be done with a webhook now; each is in the palette as well. */
export function WebhookVerbs({ webhook, onChange, onSecret }: WebhookVerbsProps) {
  const own = `${path}/${webhook.id}`;
  const go = useNavigate();
  const drop = useUndoable(key);
  const test = useAct({
    work: () => post(`${own}/test`),
    refresh: [[`${own}/deliveries`]],
    done: () => t`A test is on its way`,
    refused: t`No test was sent`,
  });
  const turn = useAct({
    work: () => patch<Webhook>(own, { is_on: !webhook.is_on }, { version: webhook.version }),
    refresh: [key],
    done: (made) => (made.is_on ? t`The webhook is on` : t`The webhook is off`),
    refused: t`The webhook stays as it was`,
  });
  const rotate = useAct({
    work: () => post<WebhookWithSecret>(`${own}/rotate-secret`, { overlap_seconds: overlapSeconds }),
    refresh: [key],
    done: () => t`New secret made; the old one signs as well for one more day`,
    refused: t`The secret stays as it was`,
    onDone: (made) => onSecret(made.secret),
  });
  const removeIt = () => {
    drop({
      id: webhook.id,
      done: t`Webhook removed`,
      refused: t`The webhook is still there`,
      work: () => remove(own),
    });
    void go({ to: "/settings/webhooks" });
  };
  const turnWord = webhook.is_on ? t`Switch off` : t`Switch on`;
  const group = t`Webhook`;
  useCommands("webhook", [
    ...(webhook.is_on ? [{ id: "test-webhook", label: t`Send a test`, key: "t", group, run: () => test.mutate() }] : []),
    { id: "change-webhook", label: t`Change`, key: "e", group, run: onChange },
    { id: "turn-webhook", label: turnWord, group, run: () => turn.mutate() },
    { id: "rotate-webhook", label: t`New secret`, group, run: () => rotate.mutate() },
    { id: "remove-webhook", label: t`Remove`, group, run: removeIt },
  ]);
  return (
    <>
      {webhook.is_on && (
        <Button tone="primary" shortcut="t" busy={test.isPending} onClick={() => test.mutate()}>
          <Trans>Send a test</Trans>
        </Button>
      )}
      <Button shortcut="e" onClick={onChange}>
        <Trans>Change</Trans>
      </Button>
      <Button tone={webhook.is_on ? "plain" : "primary"} busy={turn.isPending} onClick={() => turn.mutate()}>
        {turnWord}
      </Button>
      <Button busy={rotate.isPending} onClick={() => rotate.mutate()}>
        <Trans>New secret</Trans>
      </Button>
      <Button tone="danger" onClick={removeIt}>
        <Trans>Remove</Trans>
      </Button>
    </>
  );
}
