import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Download } from "lucide-react";

import { keepFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useAct } from "@/ui/use-act";

import type { Run } from "../types";

const forms = ["csv", "xlsx", "json", "parquet"] as const;

const fileName = (name: string) => name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 100);

/** The whole result as a file, as the server streams it. */
export function ExportMenu({ run }: { run: Run }) {
  const keep = useAct<(typeof forms)[number]>({
    work: (form) => keepFile(`/amc/runs/${run.id}/export`, `${fileName(run.name)}.${form}`, { query: { format: form }, accept: "*/*" }),
    refresh: [],
    done: (_, form) => t`${run.name} is kept as ${form.toUpperCase()}`,
    refused: t`No file was made`,
  });
  const words = { csv: t`CSV`, xlsx: t`Excel (XLSX)`, json: t`JSON`, parquet: t`Parquet` };
  return (
    <Menu
      trigger={
        <Button icon={<Download size={13} aria-hidden />} busy={keep.isPending}>
          <Trans>Export</Trans>
        </Button>
      }
    >
      {forms.map((form) => (
        <MenuItem key={form} onSelect={() => keep.mutate(form)}>
          {words[form]}
        </MenuItem>
      ))}
    </Menu>
  );
}
