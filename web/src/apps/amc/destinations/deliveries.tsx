import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { RotateCcw, Send } from "lucide-react";

import { post } from "@/kernel/client";
import { newId } from "@/kernel/ids";
import { useKeysetList } from "@/kernel/list";
import { useLive } from "@/kernel/live";
import { useCan } from "@/kernel/me";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { Section } from "@/ui/page";
import { Line, RecordList } from "@/ui/record-list";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Run } from "../types";
import type { Delivery } from "./types";
import { useDestinations } from "./use-destinations";
import { DeliveryBadge } from "./words";

const path = "/amc/deliveries";

/** Where a run's result was taken, and the way to take it to another place. */
export function Deliveries({ run }: { run: Run }) {
  const may = useCan()(...permissions.run);
  const { data: places = [] } = useDestinations();
  const { rows } = useKeysetList<Delivery>(path, { run_id: run.id });
  useLive({ module: "amc", about: ({ name }) => name.startsWith("amc.deliver"), refresh: [[path]] });
  if (places.length === 0 && rows.length === 0) return null;
  return (
    <Section title={<Trans>Deliveries</Trans>} {...(may && places.length > 0 ? { actions: <Deliver run={run} /> } : {})}>
      <RecordList<Delivery>
        path={path}
        query={{ run_id: run.id }}
        row={(delivery) => <DeliveryLine delivery={delivery} may={may} />}
        empty={
          <p className="label p-13">
            <Trans>The result was taken nowhere.</Trans>
          </p>
        }
      />
    </Section>
  );
}

function Deliver({ run }: { run: Run }) {
  const { data: places = [] } = useDestinations();
  const deliver = useAct<string>({
    work: (destination_id) => post(`/amc/runs/${run.id}/deliver`, { destination_id }, { idempotencyKey: newId() }),
    refresh: [[path]],
    done: () => t`The result is on its way`,
    refused: t`The result stays here`,
  });
  return (
    <Menu
      trigger={
        <Button icon={<Send size={13} aria-hidden />} busy={deliver.isPending}>
          <Trans>Deliver</Trans>
        </Button>
      }
    >
      {places.map(({ id, name }) => (
        <MenuItem key={id} onSelect={() => deliver.mutate(id)}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}

function DeliveryLine({ delivery, may }: { delivery: Delivery; may: boolean }) {
  const { id, state, rows, problem, next_at, delivered_at } = delivery;
  const again = useAct({
    work: () => post(`${path}/${id}/retry`),
    refresh: [[path]],
    done: () => t`It is tried again`,
    refused: t`It is not tried again`,
  });
  return (
    <div className="py-5">
      <Line
        title={delivery.destination.name}
        detail={
          <>
            {rows !== null && (
              <span>
                <Plural value={rows} one="# row" other="# rows" />
              </span>
            )}
            {delivered_at !== null && <span>{formatInstant(delivered_at)}</span>}
            {next_at !== null && (
              <span>
                <Trans>Next try {formatInstant(next_at)}</Trans>
              </span>
            )}
          </>
        }
        state={<DeliveryBadge state={state} />}
        actions={
          may &&
          (state === "failed" || state === "skipped") && (
            <Button icon={<RotateCcw size={13} aria-hidden />} busy={again.isPending} onClick={() => again.mutate()}>
              <Trans>Try again</Trans>
            </Button>
          )
        }
      />
      {problem !== null && <p className="mt-5 text-12 text-bad">{problem}</p>}
    </div>
  );
}
