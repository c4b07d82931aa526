import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";

import { useLive } from "@/kernel/live";
import { formatShort } from "@/kernel/time";
import { useTitle } from "@/kernel/title";
import { Badge } from "@/ui/badge";
import { PageHead } from "@/ui/page";
import { PersonName } from "@/ui/person";
import { Line, RecordList } from "@/ui/record-list";
import { EmptyState } from "@/ui/states";

import { clientTabs } from "../clients/client-tabs";
import { count } from "../figures";
import { LinkTabs } from "../list/link-tabs";
import { BadLines } from "./bad-lines";
import { FetchButton } from "./fetch-button";
import { ImportButton } from "./import-button";
import { fromAmazon, type CatalogueImport } from "./types";

/** What became of every file: how much is new, changed or as before, and the lines that were not taken. */
export function ImportsPage() {
  useTitle(t`Imports`);
  useLive({ module: "amc", refresh: [["/amc/catalogue/imports", "list"]] });
  return (
    <>
      <PageHead
        title={<Trans>Clients</Trans>}
        below={<Trans>What was read from files and fetched from Amazon, the newest first.</Trans>}
        actions={
          <>
            <FetchButton subject="campaigns" />
            <FetchButton subject="asins" />
            <ImportButton subject="campaigns" tone="plain" />
            <ImportButton subject="asins" />
          </>
        }
      />
      <LinkTabs label={t`Clients and connections`} tabs={clientTabs()} />
      <RecordList<CatalogueImport>
        path="/amc/catalogue/imports"
        row={(one) => <ImportLine one={one} />}
        empty={
          <EmptyState title={<Trans>Nothing was imported yet</Trans>}>
            <Trans>Each file that is read and each list that is fetched from Amazon stands here, with what became of it.</Trans>
          </EmptyState>
        }
      />
    </>
  );
}

function ImportLine({ one }: { one: CatalogueImport }) {
  return (
    <div className="py-5">
      <Line
        title={<span className="font-medium">{one.file_name}</span>}
        detail={
          <>
            <span>{one.subject === "asins" ? t`Products` : t`Campaigns`}</span>
            <span>{formatShort(one.asked_at)}</span>
            <PersonName id={one.asked_by} />
            {one.state === "done" && (
              <>
                <span>
                  <Trans>{count(one.added)} new</Trans>
                </span>
                <span>
                  <Trans>{count(one.changed)} changed</Trans>
                </span>
                <span>
                  <Trans>{count(one.unchanged)} as before</Trans>
                </span>
                {one.refused > 0 && (
                  <span className="text-bad">
                    {one.file_name === fromAmazon ? <Trans>not all of it</Trans> : <Plural value={one.refused} one="# line not taken" other="# lines not taken" />}
                  </span>
                )}
              </>
            )}
          </>
        }
        state={<ImportState one={one} />}
      />
      {one.problems.length > 0 && <BadLines one={one} />}
    </div>
  );
}

function ImportState({ one }: { one: CatalogueImport }) {
  const fetched = one.file_name === fromAmazon;
  if (one.state === "waiting") return <Badge tone="waiting">{fetched ? t`Being fetched` : t`Being read`}</Badge>;
  if (one.state === "failed") return <Badge tone="bad">{fetched ? t`Not fetched` : t`Not readable`}</Badge>;
  return one.refused > 0 ? <Badge tone="warn">{t`Taken in part`}</Badge> : <Badge tone="ok">{t`Taken`}</Badge>;
}
