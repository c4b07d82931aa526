import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { CircleAlert } from "lucide-react";

import { segmentWord } from "../collections/words";
import { windowText } from "../figures";
import type { Missing } from "./types";

const most = 13;

interface MissingListProps {
  missing: readonly Missing[];
  collectionId: string;
  nameOf: (clientId: string) => string;
}

/** Segments of the period that have no figures: what is shown is less than all there was. */
export function MissingList({ missing, collectionId, nameOf }: MissingListProps) {
  return (
    <details className="mb-13 rounded-5 bg-warn-soft px-13 py-8 text-12 text-ink print:hidden">
      <summary className="cursor-pointer">
        <CircleAlert size={13} aria-hidden className="mr-5 inline align-[-2px] text-warn" />
        <Plural value={missing.length} one="# segment has no figures yet; the totals are without it." other="# segments have no figures yet; the totals are without them." />
      </summary>
      <ul className="mt-5">
        {missing.slice(0, most).map(({ instance_id: client, start, end, state }) => (
          <li key={`${client} ${start}`} className="flex flex-wrap justify-between gap-x-13 py-2">
            <span>
              {nameOf(client)} · {windowText(start, end)}
            </span>
            <span>{segmentWord(state)}</span>
          </li>
        ))}
        {missing.length > most && (
          <li>
            <Plural value={missing.length - most} one="and # more" other="and # more" />
          </li>
        )}
      </ul>
      <Link to="/amc/runs/collections/$collectionId" params={{ collectionId }} className="mt-5 inline-block text-link underline">
        <Trans>Look at the collection</Trans>
      </Link>
    </details>
  );
}
