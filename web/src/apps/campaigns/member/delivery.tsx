import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { get, post, remove } from "@/kernel/client";
import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { Timeline } from "@/ui/timeline";
import { useAct } from "@/ui/use-act";

import { fulfilmentWords } from "../supplier/fulfilment-words";
import type { Commitment } from "../types";
import { countryName, type Address } from "./address";
import { AddressDialog } from "./address-dialog";
import type { OwnDelivery } from "./delivery-types";

/** Where the units go, how far the delivery is, and what the member may do about it now. */
export function Delivery({ commitment }: { commitment: Commitment }) {
  const path = `/commitments/${commitment.id}/delivery`;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["/commitments", commitment.id, "delivery"],
    queryFn: ({ signal }) => get<OwnDelivery>(path, { signal }),
  });
  return (
    <Section title={<Trans>Delivery</Trans>}>
      {isPending ? (
        <RowsSkeleton rows={2} />
      ) : error !== null ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Goes commitment={commitment} delivery={data} />
      )}
    </Section>
  );
}

function Goes({ commitment, delivery }: { commitment: Commitment; delivery: OwnDelivery }) {
  const [changing, setChanging] = useState(false);
  const refresh = [["/commitments"]];
  const erase = useAct({
    work: () => remove(`/commitments/${commitment.id}/delivery-address`),
    refresh,
    done: () => t`Your address is erased`,
    refused: t`Your address stays as it is`,
  });
  const confirm = useAct({
    work: () => post<Commitment>(`/commitments/${commitment.id}/receipt`),
    refresh,
    done: () => t`Noted: your units have arrived`,
    refused: t`The receipt was not noted`,
  });
  const words = fulfilmentWords();
  const { address, events, received_at: received } = delivery;
  return (
    <Sheet className="flex flex-col gap-13 p-13 sm:p-21">
      <Place delivery={delivery} address={address} />
      {events.length > 0 && (
        <Timeline
          entries={events.map(({ id, recorded_at, kind, note }) => ({
            id,
            at: recorded_at,
            title: words.find((word) => word.value === kind)?.label ?? kind,
            detail: note,
          }))}
        />
      )}
      {received !== null && (
        <p className="text-16">
          <Trans>You confirmed on {formatInstant(received)} that your units have arrived.</Trans>
        </p>
      )}
      <div className="flex flex-wrap gap-8 empty:hidden">
        {delivery.can_change && (
          <Button size="normal" onClick={() => setChanging(true)}>
            {address === null ? <Trans>Enter an address</Trans> : <Trans>Change the address</Trans>}
          </Button>
        )}
        {delivery.can_confirm && (
          <Button size="normal" busy={confirm.isPending} onClick={() => confirm.mutate()}>
            <Trans>My units have arrived</Trans>
          </Button>
        )}
        {delivery.can_erase && (
          <Button size="normal" busy={erase.isPending} onClick={() => erase.mutate()}>
            <Trans>Erase my address</Trans>
          </Button>
        )}
      </div>
      {changing && <AddressDialog commitment={commitment} address={address} onClose={() => setChanging(false)} />}
    </Sheet>
  );
}

function Place({ delivery, address }: { delivery: OwnDelivery; address: Address | null }) {
  const { consolidation_point: point, can_change: changes } = delivery;
  if (delivery.delivery_strategy !== "supplier_direct") {
    return point === null ? (
      <p className="text-16 text-muted">
        <Trans>Where it arrives is not fixed yet.</Trans>
      </p>
    ) : (
      <div className="text-16">
        <p className="text-muted">
          <Trans>The whole delivery arrives at</Trans>
        </p>
        <p className="font-medium">{point.name}</p>
        <p className="break-words whitespace-pre-line">{point.address}</p>
      </div>
    );
  }
  if (address === null) {
    return (
      <p className="text-16 text-muted">
        <Trans>No address is kept.</Trans>
      </p>
    );
  }
  return (
    <div className="text-16">
      <address className="break-words not-italic">
        {address.recipient}
        <br />
        {address.street}
        <br />
        {address.postal_code} {address.city}
        <br />
        {countryName(address.country)}
      </address>
      <p className="label mt-5">
        {changes ? (
          <Trans>You may change it until the delivery begins.</Trans>
        ) : (
          <Trans>It cannot be changed: the delivery has begun, or there is none any more.</Trans>
        )}
      </p>
    </div>
  );
}
