import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { patch } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { useAct } from "@/ui/use-act";

import { DestinationChoice } from "../destinations/destination-choice";
import { useDestinations } from "../destinations/use-destinations";
import { permissions } from "../permissions";
import type { Collection } from "./types";
import { collectionPath } from "./use-collection";

/** Where each segment's result goes; whoever may change that ticks it here. */
export function TakenTo({ collection }: { collection: Collection }) {
  const can = useCan();
  const { data: places = [] } = useDestinations();
  const { id, version, destination_ids: taken } = collection;
  const change = useAct<string[]>({
    work: (destination_ids) => patch<Collection>(`${collectionPath}/${id}`, { destination_ids }, { version }),
    refresh: [[collectionPath]],
    done: (_, next) => (next.length > taken.length ? t`What is collected is taken there` : t`Nothing more is taken there`),
    refused: t`The collection stays as it was`,
  });
  if (can(...permissions.edit) && can(...permissions.run)) {
    return (
      <DestinationChoice
        title={<Trans>Take each segment's result to</Trans>}
        hint={<Trans>What has been collected before goes there too.</Trans>}
        chosen={change.isPending ? change.variables : taken}
        disabled={change.isPending}
        onChange={(next) => change.mutate(next)}
      />
    );
  }
  const names = places.filter((place) => taken.includes(place.id)).map(({ name }) => name);
  if (names.length === 0) return null;
  return (
    <p className="text-12">
      <Trans>Each segment's result is taken to {names.join(", ")}.</Trans>
    </p>
  );
}
