import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";

import { useKeysetList } from "@/kernel/list";
import { Section, Sheet } from "@/ui/page";

import { CountsBar } from "../collections/counts-bar";
import type { Collection } from "../collections/types";
import { collectionPath } from "../collections/use-collection";
import { CollectionBadge } from "../collections/words";

const most = 5;

/** Collections that something must be done about, before those that are still on their way. */
export function CollectionsHere() {
  const failing = useKeysetList<Collection>(collectionPath, { state: "failing" });
  const under = useKeysetList<Collection>(collectionPath, { state: "collecting" });
  // Read at two moments, one may be in both.
  const rows = [...new Map([...failing.rows, ...under.rows].map((row) => [row.id, row])).values()].slice(0, most);
  if (rows.length === 0) return null;
  return (
    <Section title={<Trans>Collections</Trans>}>
      <Sheet>
        <ul className="text-12">
          {rows.map((collection) => (
            <li key={collection.id} className="border-b border-line px-13 py-8 last:border-0">
              <div className="flex items-center justify-between gap-8">
                <Link to="/amc/runs/collections/$collectionId" params={{ collectionId: collection.id }} className="min-w-0 truncate font-medium hover:underline">
                  {collection.name}
                </Link>
                <CollectionBadge state={collection.state} />
              </div>
              <CountsBar counts={collection.counts} className="mt-5" />
            </li>
          ))}
        </ul>
      </Sheet>
    </Section>
  );
}
