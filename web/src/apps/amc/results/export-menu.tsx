import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Download } from "lucide-react";

import { keepFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Menu, MenuItem } from "@/ui/menu";
import { useAct } from "@/ui/use-act";

import type { RowFilter } from "./result-types";
import type { RowSource } from "./use-rows";

const forms = ["csv", "xlsx", "json", "parquet"] as const;

const fileName = (name: string) => name.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 100);

interface ExportMenuProps {
  /** Whose rows: a run's, or those of a collection joined. */
  source: Pick<RowSource, "path" | "id">;
  name: string;
  sort: string;
  filters: readonly RowFilter[];
  /** The names of the columns wanted, in their order; all without them. */
  columns?: readonly string[] | undefined;
}

/** The rows as they are sorted and filtered, all of them, in the columns shown, as a file that the server streams. */
export function ExportMenu({ source, name, sort, filters, columns }: ExportMenuProps) {
  const shown = {
    sort: sort === "" ? undefined : sort,
    filter: filters.length === 0 ? undefined : JSON.stringify(filters),
    columns: columns === undefined ? undefined : JSON.stringify(columns),
  };
  const keep = useAct<(typeof forms)[number]>({
    work: (form) => keepFile(`${source.path}/${source.id}/export`, `${fileName(name)}.${form}`, { query: { format: form, ...shown }, accept: "*/*" }),
    refresh: [],
    done: (_, form) => t`${name} is kept as ${form.toUpperCase()}`,
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
