import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { useState } from "react";

import { postFile } from "@/kernel/client";
import { Button, buttonClass } from "@/ui/button";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, FormRefusal, inputClass } from "@/ui/field";
import { Facts } from "@/ui/page";
import { Select } from "@/ui/select";
import { useAct } from "@/ui/use-act";

import type { ImportResult } from "./types";

type Format = "csv" | "mt940" | "camt053";

/** The format that a file's name speaks for; the choice stays with the person. */
function formatOf(name: string): Format | null {
  const end = name.toLowerCase().split(".").at(-1) ?? "";
  if (end === "csv") return "csv";
  if (end === "xml") return "camt053";
  return ["sta", "mt940", "940"].includes(end) ? "mt940" : null;
}

export function ImportDialog({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<Format>("csv");
  const [refusal, setRefusal] = useState<string>();
  const [result, setResult] = useState<ImportResult | null>(null);
  const send = useAct({
    work: (chosen: File) => postFile<ImportResult>("/payments/statements", chosen, { format, file_name: chosen.name }),
    refresh: [["/payments/statements"], ["/payments/breaks"]],
    refused: t`The statement was not imported`,
    onDone: setResult,
    onRefused: (problem) => {
      const first = problem.errors[0];
      setRefusal(first === undefined ? problem.said : `${first.field}: ${first.hint}`);
    },
  });
  const choose = (chosen: File | null) => {
    setFile(chosen);
    setRefusal(undefined);
    const told = chosen === null ? null : formatOf(chosen.name);
    if (told !== null) setFormat(told);
  };
  return (
    <Dialog open onClose={onClose} title={<Trans>Import a statement</Trans>}>
      {result !== null ? (
        <Result result={result} onClose={onClose} />
      ) : (
        <form
          className="flex flex-col gap-21"
          onSubmit={(event) => {
            event.preventDefault();
            if (file !== null) send.mutate(file);
          }}
        >
          <Field label={t`File`} hint={t`Kept as it is. The same content again changes nothing.`}>
            {(wires) => (
              <input
                {...wires}
                type="file"
                accept=".csv,.sta,.mt940,.940,.txt,.xml"
                className={`${inputClass} h-44 py-8`}
                onChange={(event) => choose(event.target.files?.[0] ?? null)}
              />
            )}
          </Field>
          <Field label={t`Format`}>
            {({ id }) => (
              <Select<Format>
                id={id}
                value={format}
                choices={[
                  { value: "csv", label: "CSV" },
                  { value: "mt940", label: "MT940" },
                  { value: "camt053", label: "camt.053 (ISO 20022)" },
                ]}
                onChange={setFormat}
              />
            )}
          </Field>
          <FormRefusal message={refusal} />
          <DialogActions>
            <Button tone="primary" size="normal" type="submit" busy={send.isPending} disabled={file === null}>
              <Trans>Import</Trans>
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  );
}

function Result({ result, onClose }: { result: ImportResult; onClose: () => void }) {
  const number = (value: number) => value.toLocaleString("en-GB");
  return (
    <div role="status">
      <p className="mb-13 text-16">
        {result.is_new ? <Trans>Imported and compared with our records.</Trans> : <Trans>This content was here already: nothing changed.</Trans>}
      </p>
      <Facts
        facts={[
          [<Trans key="n">Lines matched</Trans>, number(result.matched)],
          [<Trans key="n">Differences found</Trans>, number(result.breaks_opened)],
          [<Trans key="n">Differences that found their match</Trans>, number(result.breaks_settled)],
        ]}
      />
      <DialogActions>
        {result.breaks_opened > 0 && (
          <Link to="/payments/breaks" search={{ state: "open" }} className={buttonClass("plain", "normal")}>
            <Trans>Open the differences</Trans>
          </Link>
        )}
        <Button tone="primary" size="normal" onClick={onClose}>
          <Trans>Done</Trans>
        </Button>
      </DialogActions>
    </div>
  );
}
