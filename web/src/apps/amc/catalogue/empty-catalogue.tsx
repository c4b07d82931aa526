import { Trans } from "@lingui/react/macro";

import { EmptyState } from "@/ui/states";

import { FetchButton } from "./fetch-button";
import { ImportButton } from "./import-button";
import type { ImportSubject } from "./types";

export function EmptyCatalogue({ subject }: { subject: ImportSubject }) {
  return (
    <EmptyState
      title={subject === "asins" ? <Trans>No product yet</Trans> : <Trans>No campaign yet</Trans>}
      action={
        <span className="flex flex-wrap justify-center gap-8">
          <FetchButton subject={subject} />
          <ImportButton subject={subject} />
        </span>
      }
    >
      <Trans>Amazon lists what is advertised; a file with a line of column names brings titles and brands. What is known already is only brought up to date.</Trans>
    </EmptyState>
  );
}
