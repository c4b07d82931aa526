import { t } from "@lingui/core/macro";

import { Badge, type Tone } from "@/ui/badge";

import type { Delivery, Destination, DestinationKind } from "./types";

export const kindWord = (kind: DestinationKind): string =>
  ({ postgresql: t`PostgreSQL table`, folder: t`Folder of this installation`, s3: t`S3 bucket` })[kind];

/** Where it leads, in one line. */
export function placeOf({ kind, settings }: Destination): string {
  const told = (name: string) => {
    const value = settings[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  if (kind === "postgresql") return `${told("host")}/${told("database")}: ${told("schema_name")}.${told("table_name")}`;
  if (kind === "s3") return [told("bucket"), told("prefix")].filter((part) => part !== "").join("/");
  return told("folder");
}

const tones: Record<Delivery["state"], Tone> = { pending: "waiting", delivering: "info", delivered: "ok", failed: "bad", skipped: "ended" };

export function DeliveryBadge({ state }: { state: Delivery["state"] }) {
  const words = { pending: t`Waits`, delivering: t`On its way`, delivered: t`Delivered`, failed: t`Failed`, skipped: t`Left out` };
  return <Badge tone={tones[state]}>{words[state]}</Badge>;
}
