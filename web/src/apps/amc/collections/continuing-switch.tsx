import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { patch } from "@/kernel/client";
import { useCan } from "@/kernel/me";
import { Checkbox } from "@/ui/checkbox";
import { useAct } from "@/ui/use-act";

import { permissions } from "../permissions";
import type { Collection } from "./types";
import { collectionPath } from "./use-collection";

/** Whether new segments are added as time goes on. */
export function ContinuingSwitch({ collection }: { collection: Collection }) {
  const may = useCan()(...permissions.edit);
  const { id, version, continuing, segments } = collection;
  const turn = useAct<boolean>({
    work: (next) => patch<Collection>(`${collectionPath}/${id}`, { continuing: next }, { version }),
    refresh: [[collectionPath]],
    done: (_, next) => (next ? t`It goes on by itself` : t`It ends with the segments it has`),
    refused: t`The collection stays as it was`,
  });
  if (segments.unit === "once") return null;
  return (
    <Checkbox
      checked={turn.isPending ? turn.variables : continuing}
      disabled={!may || turn.isPending}
      onChange={(next) => turn.mutate(next)}
      label={<Trans>Goes on by itself</Trans>}
      hint={<Trans>Each segment that ends is added and collected; no rerun by hand.</Trans>}
    />
  );
}
