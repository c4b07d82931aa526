import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { postFile } from "@/kernel/client";
import { Button } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, inputClass } from "@/ui/field";
import { useAct } from "@/ui/use-act";

import { size } from "../figures";
import type { CatalogueImport, ImportSubject } from "./types";

const largest = 50 * 2 ** 20;

/** Takes a file of products or campaigns; what became of each line stands in its record. */
export function ImportDialog({ subject, onClose }: { subject: ImportSubject; onClose: () => void }) {
  const navigate = useNavigate();
  const [file, setFile] = useState<File | null>(null);
  const [refusal, setRefusal] = useState<string>();
  const tooLarge = file !== null && file.size > largest;
  const send = useAct({
    work: (chosen: File) => {
      // The server takes a plain name: no path, no control characters.
      const name = chosen.name.replaceAll(/[\p{Cc}/\\]/gu, "_").slice(-200);
      return postFile<CatalogueImport>(`/amc/catalogue/${subject}/import`, chosen, { file_name: name });
    },
    refresh: [["/amc/catalogue/imports", "list"]],
    done: ({ file_name }) => t`${file_name} is being read`,
    refused: t`Nothing was imported`,
    onDone: () => {
      onClose();
      void navigate({ to: "/amc/clients/imports" });
    },
    onRefused: (problem) => setRefusal(problem.errors[0]?.hint ?? problem.said),
  });
  return (
    <Dialog open onClose={onClose} title={subject === "asins" ? <Trans>Import products</Trans> : <Trans>Import campaigns</Trans>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null && !tooLarge) send.mutate(file);
        }}
      >
        <p className="text-12 text-pretty">
          {subject === "asins" ? (
            <Trans>
              The first line names the columns: <b>asin</b>, and if you have them title, brand, marketplace, status.
            </Trans>
          ) : (
            <Trans>
              The first line names the columns: <b>campaign id</b> and <b>type</b> (SP, SB, SD or DSP), and if you have them
              name, state, brand.
            </Trans>
          )}
        </p>
        <Field
          label={t`File`}
          hint={t`Parted by commas, semicolons or tabs; at most 50 MB.`}
          {...(tooLarge ? { error: t`It has ${size(file.size)}: send it in parts` } : {})}
        >
          {(wires) => (
            <input
              {...wires}
              type="file"
              accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values"
              className={`${inputClass} h-44 py-8`}
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
            />
          )}
        </Field>
        <FormRefusal message={refusal} />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={file === null || tooLarge}>
            <Trans>Import it</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
