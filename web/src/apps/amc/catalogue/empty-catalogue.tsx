import { Trans } from "@lingui/react/macro";

import { EmptyState } from "@/ui/states";

import { ImportButton } from "./import-button";
import type { ImportSubject } from "./types";

export function EmptyCatalogue({ subject }: { subject: ImportSubject }) {
  return (
    <EmptyState
      title={subject === "asins" ? <Trans>No product yet</Trans> : <Trans>No campaign yet</Trans>}
      action={<ImportButton subject={subject} />}
    >
      <Trans>A file with a line of column names brings them in; what is known already is only brought up to date.</Trans>
    </EmptyState>
  );
}
