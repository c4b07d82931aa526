import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";

import { buttonClass } from "@/ui/button";

import type { Client } from "../types";
import { ClientState } from "./client-columns";
import { ClientFacts } from "./client-facts";

export function ClientPeek({ client }: { client: Client }) {
  const params = { clientId: client.id };
  return (
    <div className="flex flex-col gap-13">
      <div className="pr-34">
        <ClientState client={client} />
      </div>
      <h2 className="text-20 font-semibold">{client.name}</h2>
      <ClientFacts client={client} />
      <Link to="/amc/clients/$clientId/run" params={params} search={{ step: 1 }} className={buttonClass("primary")}>
        <Play size={13} aria-hidden />
        <Trans>Run a query</Trans>
      </Link>
      <Link to="/amc/clients/$clientId" params={params} className={buttonClass("plain")}>
        <Trans>Open</Trans>
      </Link>
    </div>
  );
}
