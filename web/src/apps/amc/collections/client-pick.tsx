import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { X } from "lucide-react";
import { useDeferredValue, useState } from "react";

import { useKeysetList } from "@/kernel/list";
import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { TextField } from "@/ui/field";
import { Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";

import { clientPath } from "../clients/use-client";
import type { Client } from "../types";

export const mostClients = 100;

export type Picked = Pick<Client, "id" | "name" | "time_zone" | "data_first_on" | "data_last_on">;

const pickedOf = ({ id, name, time_zone, data_first_on, data_last_on }: Picked): Picked => ({ id, name, time_zone, data_first_on, data_last_on });

interface ClientPickProps {
  picked: readonly Picked[];
  onChange: (picked: Picked[]) => void;
}

/** For which clients it is collected: up to a hundred of those one works with. */
export function ClientPick({ picked, onChange }: ClientPickProps) {
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const list = useKeysetList<Client>(clientPath, { active: "true", q: q === "" ? undefined : q });
  const has = (id: string) => picked.some((each) => each.id === id);
  const turn = (client: Picked, on: boolean) => onChange(on ? [...picked, pickedOf(client)].slice(0, mostClients) : picked.filter(({ id }) => id !== client.id));
  const rest = list.rows.filter(({ id }) => !has(id));
  return (
    <div>
      {picked.length > 0 && (
        <ul aria-label={t`Chosen clients`} className="mb-8 flex flex-wrap gap-5">
          {picked.map((client) => (
            <li key={client.id} className="inline-flex h-[26px] max-w-full items-center gap-3 rounded-full bg-sunken pr-3 pl-13 text-12">
              <span className="truncate">{client.name}</span>
              <button
                type="button"
                aria-label={t`Leave out ${client.name}`}
                onClick={() => turn(client, false)}
                className="inline-flex size-21 shrink-0 items-center justify-center rounded-full hover:bg-line"
              >
                <X size={12} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      <TextField label={t`Find a client`} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
      <Sheet className="mt-8 max-h-233 overflow-y-auto">
        {list.pending ? (
          <RowsSkeleton rows={3} />
        ) : list.error !== null ? (
          <ErrorState error={list.error} onRetry={list.retry} />
        ) : list.rows.length === 0 ? (
          <p className="label p-13">
            <Trans>Only clients that you work with are offered.</Trans>
          </p>
        ) : (
          <ul>
            {list.rows.map((client) => (
              <li key={client.id} className="border-b border-line px-13 py-8 last:border-0">
                <Checkbox
                  checked={has(client.id)}
                  disabled={!has(client.id) && picked.length >= mostClients}
                  onChange={(on) => turn(client, on)}
                  label={client.name}
                  hint={[client.account.name, client.account.country ?? client.account.marketplace_id].join(" · ")}
                />
              </li>
            ))}
          </ul>
        )}
        {list.hasMore && (
          <div className="p-5">
            <Button tone="quiet" busy={list.loadingMore} onClick={list.loadMore}>
              <Trans>Show more</Trans>
            </Button>
          </div>
        )}
      </Sheet>
      {rest.length > 1 && (
        <Button tone="quiet" className="mt-5" onClick={() => onChange([...picked, ...rest.map(pickedOf)].slice(0, mostClients))}>
          {rest.length === list.rows.length ? (
            <Plural value={rest.length} one="Choose the # shown" other="Choose the # shown" />
          ) : (
            <Plural value={rest.length} one="Choose the other # as well" other="Choose the other # as well" />
          )}
        </Button>
      )}
    </div>
  );
}
