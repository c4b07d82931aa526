import { Trans } from "@lingui/react/macro";
import { FileUp } from "lucide-react";
import { lazy, Suspense, useState } from "react";

import { useCan } from "@/kernel/me";
import { Button } from "@/ui/button";

import { permissions } from "../permissions";
import type { ImportSubject } from "./types";

const ImportDialog = lazy(() => import("./import-dialog").then((file) => ({ default: file.ImportDialog })));

export function ImportButton({ subject, tone = "primary" }: { subject: ImportSubject; tone?: "primary" | "plain" }) {
  const can = useCan();
  const [open, setOpen] = useState(false);
  if (!can(...permissions.edit)) return null;
  return (
    <>
      <Button tone={tone} icon={<FileUp size={13} aria-hidden />} onClick={() => setOpen(true)}>
        {subject === "asins" ? <Trans>Import products</Trans> : <Trans>Import campaigns</Trans>}
      </Button>
      <Suspense>{open && <ImportDialog subject={subject} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
