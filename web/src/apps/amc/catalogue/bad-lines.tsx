import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Button } from "@/ui/button";
import { download } from "@/ui/table/columns";

import type { CatalogueImport } from "./types";

const few = 5;

/** The lines of a file that were not taken, each with its reason; a few at first. */
export function BadLines({ one }: { one: CatalogueImport }) {
  const { problems, refused } = one;
  const [all, setAll] = useState(false);
  const shown = all ? problems : problems.slice(0, few);
  const unlisted = refused - problems.length;
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const keep = () =>
    download(`${one.file_name}-${t`not taken`}.csv`, [t`line,reason`, ...problems.map(({ line, reason }) => `${line},${quoted(reason)}`)].join("\r\n"));
  return (
    <div className="mt-5 rounded-5 bg-bad-soft px-13 py-8 text-12 text-bad">
      <ul className="max-h-[34dvh] overflow-y-auto">
        {shown.map(({ line, reason }) => (
          <li key={`${line} ${reason}`} className="break-words">
            <Trans>
              Line {line}: {reason}
            </Trans>
          </li>
        ))}
      </ul>
      {all && unlisted > 0 && <Plural value={unlisted} one="and # more that is not listed" other="and # more that are not listed" />}
      {problems.length > few && (
        <div className="mt-5 flex flex-wrap gap-8">
          <Button aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? <Trans>Show fewer</Trans> : <Plural value={problems.length} one="Show #" other="Show all #" />}
          </Button>
          <Button onClick={keep}>
            <Trans>Keep them as a file</Trans>
          </Button>
        </div>
      )}
    </div>
  );
}
