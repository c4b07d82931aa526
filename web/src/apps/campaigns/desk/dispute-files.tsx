import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Paperclip } from "lucide-react";
import { useRef } from "react";

import { get, post, postFile } from "@/kernel/client";
import { formatShort } from "@/kernel/time";
import { Button } from "@/ui/button";
import { RowsSkeleton } from "@/ui/skeleton";
import { ErrorState } from "@/ui/states";
import { useAct } from "@/ui/use-act";

import { FileName } from "../organiser/file-name";
import type { CardDispute, DisputeFile } from "./types";

const kinds = "image/jpeg,image/png,image/webp,application/pdf";

interface DisputeFilesProps {
  dispute: CardDispute;
  /** Whether more may be added: before the evidence is handed in, by whoever settles. */
  takes: boolean;
}

/** What is kept against the dispute; the provider is told each name and hash with the evidence. */
export function DisputeFiles({ dispute, takes }: DisputeFilesProps) {
  const path = `/campaign-card-disputes/${dispute.id}/files`;
  const input = useRef<HTMLInputElement>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => get<{ items: DisputeFile[] }>(`/campaign-card-disputes/${dispute.id}/files`, { signal }),
  });
  const keep = useAct<File>({
    work: async (file) => {
      const stored = await postFile<{ id: string }>("/files", file, { purpose: "dispute_evidence", name: file.name });
      return post(`/campaign-card-disputes/${dispute.id}/files`, { file_id: stored.id, note: null });
    },
    refresh: [[path]],
    done: () => t`The file is kept`,
    refused: t`The file was not taken`,
  });
  if (isPending) return <RowsSkeleton rows={1} />;
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  const { items } = data;
  if (items.length === 0 && !takes) return null;
  return (
    <div className="border-t border-line pt-8">
      <h3 className="text-12 font-semibold">
        <Trans>Files against it</Trans>
      </h3>
      <ul className="mt-5 flex flex-col gap-8 text-12">
        {items.map((file) => (
          <li key={file.id} className="flex flex-col items-start">
            <FileName fileId={file.file_id} name={file.name} />
            <span className="text-muted">
              {formatShort(file.added_at)} ·{" "}
              <code className="font-mono" title={file.sha256}>
                {file.sha256.slice(0, 8)}
              </code>
            </span>
          </li>
        ))}
      </ul>
      {takes && (
        <>
          <p className="label mt-8 text-pretty">
            <Trans>
              A picture or a PDF of at most 20 MB, e.g. a waybill. It stays here; the provider is told its name and
              SHA-256 with the evidence.
            </Trans>
          </p>
          <input
            ref={input}
            type="file"
            accept={kinds}
            className="hidden"
            aria-label={t`File against the dispute`}
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file !== undefined) keep.mutate(file);
              event.target.value = "";
            }}
          />
          <Button className="mt-8" busy={keep.isPending} icon={<Paperclip size={13} aria-hidden />} onClick={() => input.current?.click()}>
            <Trans>Add a file</Trans>
          </Button>
        </>
      )}
    </div>
  );
}
