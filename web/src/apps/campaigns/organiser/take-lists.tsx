import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Download } from "lucide-react";

import { keepFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useAct } from "@/ui/use-act";

export type TakenList = "commitments" | "refunds" | "transfers" | "accounts" | "statement";

interface Wish {
  list: TakenList;
  format: "csv" | "json";
}

const names = (): Record<TakenList, string> => ({
  commitments: t`Commitments`,
  refunds: t`Refunds`,
  transfers: t`Ledger entries`,
  accounts: t`Ledger accounts`,
  statement: t`Statement lines`,
});

/** Whole lists of a campaign as files, however long; that one was taken is noted in the log. */
export function TakeLists({ campaignId, lists }: { campaignId: string; lists: readonly TakenList[] }) {
  const take = useAct<Wish>({
    work: ({ list, format }) => {
      const name = `${list}-${campaignId}.${format === "csv" ? "csv" : "jsonl"}`;
      return keepFile(`/campaigns/${campaignId}/exports/${list}`, name, { body: {}, query: { format } }, "POST");
    },
    refresh: [["/events", campaignId]],
    done: () => t`The file is with you; the log notes it`,
    refused: t`The file was not handed over`,
  });
  return (
    <Menu
      trigger={
        <Button busy={take.isPending} icon={<Download size={13} aria-hidden />}>
          <Trans>Take as a file</Trans>
        </Button>
      }
    >
      {lists.flatMap((list) => [
        <MenuItem key={`${list}-csv`} onSelect={() => take.mutate({ list, format: "csv" })}>
          {names()[list]} (CSV)
        </MenuItem>,
        <MenuItem key={`${list}-json`} onSelect={() => take.mutate({ list, format: "json" })}>
          {names()[list]} (JSON)
        </MenuItem>,
      ])}
    </Menu>
  );
}
