import { Trans } from "@lingui/react/macro";
import { lazy, Suspense } from "react";

import { Section, Sheet } from "@/ui/page";
import { RowsSkeleton } from "@/ui/skeleton";

import { useMayReadHistory } from "./use-may-read";

const History = lazy(() => import("./history").then((file) => ({ default: file.History })));

/** What happened to a record, for whoever may read the log. */
export function HistorySection({ id }: { id: string }) {
  if (!useMayReadHistory()) return null;
  return (
    <Section title={<Trans>What happened</Trans>}>
      <Sheet className="p-13">
        <Suspense fallback={<RowsSkeleton rows={3} />}>
          <History id={id} />
        </Suspense>
      </Sheet>
    </Section>
  );
}
