import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Check, Copy } from "lucide-react";
import { useState } from "react";

import { formatInstant } from "@/kernel/time";
import { Button } from "@/ui/button";
import { TextField } from "@/ui/field";

import type { NewSnapshot } from "./types";

/** The address of a snapshot's page: whoever made it copies it now or never. */
export function SnapshotLink({ snapshot, onMore }: { snapshot: NewSnapshot; onMore: () => void }) {
  const [copied, setCopied] = useState(false);
  const { url } = snapshot;
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <section aria-label={t`The new link`} className="rounded-8 bg-soft p-13">
      <p className="text-12 font-semibold">
        <Trans>Copy the link now: it is shown this once.</Trans>
      </p>
      <div className="mt-8 flex flex-wrap items-end gap-8">
        <TextField className="min-w-0 flex-1 basis-[200px]" label={t`Link`} readOnly value={url} onFocus={(event) => event.target.select()} />
        <Button tone="primary" size="normal" icon={<Icon size={13} aria-hidden />} onClick={() => void copy()}>
          {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
        </Button>
      </div>
      <p className="label mt-5">
        <Trans>Whoever has it reads the figures until {formatInstant(snapshot.expires_at)}.</Trans>
      </p>
      <Button tone="quiet" className="mt-5" onClick={onMore}>
        <Trans>Make another</Trans>
      </Button>
    </section>
  );
}
