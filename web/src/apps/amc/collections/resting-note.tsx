import { Trans } from "@lingui/react/macro";
import { Play } from "lucide-react";

import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";

import { permissions } from "../permissions";
import type { Collection } from "./types";
import { useHold } from "./use-hold";

/** Why a collection rests that paused itself, and the button that helps. */
export function RestingNote({ collection }: { collection: Collection }) {
  const can = useCan();
  const hold = useHold(collection);
  const may = can(...permissions.edit) && can(...permissions.run);
  return (
    <div role="status" className="mb-21 flex flex-wrap items-center gap-x-21 gap-y-8 rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink">
      <div className="min-w-0 flex-1 basis-[233px] text-pretty">
        <p className="font-medium">
          <Trans>It paused itself: whoever made it has left, or may not run queries any more.</Trans>
        </p>
        <p>
          {may ? (
            <Trans>Nothing is lost. Taken over, it goes on in your name with the segments that wait.</Trans>
          ) : (
            <Trans>Nothing is lost. Somebody who may run and change queries can take it over.</Trans>
          )}
        </p>
      </div>
      {may && (
        <Button tone="primary" icon={<Play size={13} aria-hidden />} busy={hold.isPending} onClick={() => hold.mutate("resume")}>
          <Trans>Take it over</Trans>
        </Button>
      )}
    </div>
  );
}
