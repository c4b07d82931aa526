import { t } from "@lingui/core/macro";

export function fulfilmentWords(): { value: string; label: string }[] {
  return [
    { value: "scheduled", label: t`Scheduled` },
    { value: "in_progress", label: t`In progress` },
    { value: "shipped", label: t`Shipped` },
    { value: "delivered", label: t`Delivered` },
    { value: "exception", label: t`Something is wrong` },
  ];
}
