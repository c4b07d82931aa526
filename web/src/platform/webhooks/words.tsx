import { t } from "@lingui/core/macro";

import { Badge } from "@/ui/badge";

import type { Delivery, Webhook } from "./types";

export function WebhookState({ webhook }: { webhook: Webhook }) {
  if (!webhook.is_on) return <Badge tone={webhook.off_reason === null ? "paused" : "bad"}>{t`off`}</Badge>;
  if (webhook.failing_since !== null) return <Badge tone="warn">{t`failing`}</Badge>;
  return <Badge tone="ok">{t`on`}</Badge>;
}

/** Why it went off by itself, and what helps. */
export function offBecause(webhook: Webhook): string | null {
  if (webhook.is_on || webhook.off_reason === null) return null;
  return {
    gone: t`It answered 410 Gone and was switched off. Check the address, then switch it on.`,
    failing: t`Nothing arrived for three days, so it was switched off. Mend the receiver, then switch it on.`,
    left: t`Whoever set it last has left or may not manage webhooks any more. Switch it on to answer for it yourself.`,
  }[webhook.off_reason];
}

export function DeliveryState({ delivery }: { delivery: Delivery }) {
  switch (delivery.state) {
    case "delivered":
      return <Badge tone="ok">{t`delivered`}</Badge>;
    case "failed":
      return <Badge tone="bad">{t`failed`}</Badge>;
    case "withheld":
      return <Badge tone="ended">{t`withheld`}</Badge>;
    case "queued":
      return <Badge tone="waiting">{delivery.attempts === 0 ? t`on its way` : t`tried again`}</Badge>;
  }
}

/** What its reason means for whoever reads the log. */
export function because(delivery: Delivery): string | null {
  switch (delivery.reason) {
    case "gone":
      return t`The receiver says that nothing listens there any more.`;
    case "no_success":
      return t`All tries are used up. Send it once more when the receiver is mended.`;
    case "off":
      return t`The webhook was off by then.`;
    case "withheld":
      return t`Whoever answers for the webhook may not read this event, so it was not sent.`;
    case "left":
      return t`Whoever answered for the webhook had left by then, so it was not sent.`;
    default:
      return null;
  }
}
