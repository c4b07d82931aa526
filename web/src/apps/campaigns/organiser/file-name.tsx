import { t } from "@lingui/core/macro";

import { keepFile } from "@/kernel/client";
import { useAct } from "@/ui/use-act";

/** The name of a file given as evidence, which opens it. */
export function FileName({ fileId, name }: { fileId: string; name: string }) {
  const open = useAct({
    work: () => keepFile(`/files/${fileId}/content`, name),
    refresh: [],
    refused: t`The file was not opened`,
  });
  return (
    <button
      type="button"
      className="min-w-0 text-left font-medium text-link underline underline-offset-2 [overflow-wrap:anywhere]"
      disabled={open.isPending}
      onClick={() => open.mutate()}
    >
      {name}
    </button>
  );
}
