import { Trans } from "@lingui/react/macro";
import { CircleAlert, Info } from "lucide-react";

import type { Client } from "../types";
import { dataDaysText, meetsData } from "./data-days";

/** Of which days the local AMC has data, and whether a window lies beside all of them. */
export function DataNote({ client, window }: { client: Client; window: { start: string; end: string } | undefined }) {
  const days = dataDaysText(client);
  if (days === null) return null;
  const beside = window !== undefined && !meetsData(client, window);
  const Icon = beside ? CircleAlert : Info;
  return (
    <p className={`mt-5 flex items-start gap-5 text-12 ${beside ? "text-warn" : "text-muted"}`}>
      <Icon size={13} aria-hidden className="mt-2 shrink-0" />
      {beside ? (
        <Trans>This window lies beside the made-up data of the local AMC: it has {days}.</Trans>
      ) : (
        <Trans>The made-up data of the local AMC: {days}.</Trans>
      )}
    </p>
  );
}
