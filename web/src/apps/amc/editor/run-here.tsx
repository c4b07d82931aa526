import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link, useNavigate } from "@tanstack/react-router";
import { useDeferredValue, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { buttonClass } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { RowsSkeleton } from "@/ui/skeleton";
import { EmptyState, ErrorState } from "@/ui/states";

import { clientPath } from "../clients/use-client";
import type { Client, Workflow } from "../types";
import { beginPlan } from "../wizard/plan";
import type { Draft } from "./draft";

interface RunHereProps {
  /** Null where a query is run that is in no library. */
  workflow: Workflow | null;
  /** What is written and not saved; it is run as it stands. */
  draft: Draft | null;
  onClose: () => void;
}

/** Chooses the client that a workflow is run for; the window comes next. */
export function RunHere({ workflow, draft, onClose }: RunHereProps) {
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const list = useKeysetList<Client>(clientPath, { active: "true", q: q === "" ? undefined : q });
  const begin = (client: Client) => {
    beginPlan(client.id, {
      workflow: workflow === null ? null : { id: workflow.id, name: workflow.name, number: workflow.number },
      own: draft,
    });
    void navigate({ to: "/amc/clients/$clientId/run", params: { clientId: client.id }, search: { step: 2 } });
  };
  return (
    <Dialog open onClose={onClose} title={<Trans>Run for which client?</Trans>}>
      {draft !== null && workflow !== null && (
        <p className="mb-13 rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
          <Trans>What is not saved is run as it stands here.</Trans>
        </p>
      )}
      <TextField label={t`Client`} type="search" autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
      <div className="mt-13">
        {list.pending ? (
          <RowsSkeleton rows={3} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <EmptyState
            title={<Trans>No client</Trans>}
            action={
              <Link to="/amc/connections" className={buttonClass("plain")}>
                <Trans>Connections</Trans>
              </Link>
            }
          >
            <Trans>Only clients that you work with are offered.</Trans>
          </EmptyState>
        ) : (
          <ul>
            {list.rows.map((client) => (
              <li key={client.id} className="border-b border-line last:border-0">
                <button
                  type="button"
                  onClick={() => begin(client)}
                  className="flex min-h-44 w-full items-center justify-between gap-13 px-5 text-left text-16 hover:bg-sunken"
                >
                  <span className="min-w-0 truncate">{client.name}</span>
                  <span className="label shrink-0">{client.account.country ?? client.account.marketplace_id}</span>
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}
