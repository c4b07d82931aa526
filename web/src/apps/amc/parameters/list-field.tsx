import { t } from "@lingui/core/macro";
import { Plural, Trans } from "@lingui/react/macro";
import { clsx } from "clsx";
import { LibraryBig } from "lucide-react";
import { lazy, Suspense, useMemo, useState } from "react";

import { Button } from "@/ui/button";
import { Field, inputClass } from "@/ui/field";

import type { Parameter } from "../types";
import { readList, type BadLine } from "./list-values";
import { listKind } from "./values";

const CataloguePicker = lazy(() => import("./catalogue-picker").then((file) => ({ default: file.CataloguePicker })));

interface ListFieldProps {
  parameter: Parameter;
  value: string;
  onChange: (value: string) => void;
  label: string;
  /** The brand whose entries of the catalogue are shown first. */
  brand?: string;
  hint?: string;
  error?: string;
  optional?: string;
}

const shown = 5;

/** A list to paste into: what was understood is counted, what was not is named with its line. */
export function ListField({ parameter, value, onChange, brand, ...shared }: ListFieldProps) {
  const kind = listKind(parameter);
  const { items, repeated, bad } = useMemo(() => readList(value, kind), [value, kind]);
  const placeholder = kind === "asin" ? t`Paste ASINs, one a line or parted by commas` : t`One a line, or parted by commas`;
  const [picking, setPicking] = useState(false);
  const catalogue = parameter.kind === "asin_list" ? "asins" : parameter.kind === "campaign_list" ? "campaigns" : null;
  const tidy = () => onChange(items.join("\n"));
  return (
    <div>
      <Field {...shared}>
        {(wires) => (
          <textarea
            {...wires}
            rows={5}
            spellCheck={false}
            placeholder={placeholder}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            className={clsx(inputClass.replace("text-16", "text-12"), "py-8 font-mono")}
          />
        )}
      </Field>
      <div className="label mt-5 flex flex-wrap gap-x-13" role="status">
        <span>
          <Plural value={items.length} one="# item" other="# items" />
        </span>
        {repeated > 0 && (
          <span>
            <Plural value={repeated} one="# repeated, counted once" other="# repeated, counted once each" />
          </span>
        )}
        {(repeated > 0 || bad.length > 0) && (
          <button type="button" onClick={tidy} className="font-medium text-link underline underline-offset-2">
            <Trans>Keep only what fits</Trans>
          </button>
        )}
      </div>
      {catalogue !== null && (
        <Button className="mt-5" icon={<LibraryBig size={13} aria-hidden />} onClick={() => setPicking(true)}>
          <Trans>Choose from the catalogue</Trans>
        </Button>
      )}
      <Suspense>
        {picking && catalogue !== null && (
          <CataloguePicker
            of={catalogue}
            chosen={items}
            {...(brand === undefined ? {} : { brand })}
            onChoose={(chosen) => onChange(chosen.join("\n"))}
            onClose={() => setPicking(false)}
          />
        )}
      </Suspense>
      {bad.length > 0 && <BadLines bad={bad} asin={kind === "asin"} />}
    </div>
  );
}

function BadLines({ bad, asin }: { bad: readonly BadLine[]; asin: boolean }) {
  const more = bad.length - shown;
  return (
    <div className="mt-5 rounded-5 bg-bad-soft px-13 py-8 text-12 text-bad">
      <p className="font-medium">
        {asin ? <Trans>Not ten letters or digits:</Trans> : <Trans>Not a whole number:</Trans>}
      </p>
      <ul>
        {bad.slice(0, shown).map((one) => (
          <li key={`${one.line} ${one.text}`} className="truncate">
            <Trans>
              Line {one.line}: <code className="font-mono">{one.text}</code>
            </Trans>
          </li>
        ))}
      </ul>
      {more > 0 && <Plural value={more} one="and # more" other="and # more" />}
    </div>
  );
}
