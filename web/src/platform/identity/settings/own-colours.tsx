import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import type { Organisation } from "@/kernel/api-types";
import { patch } from "@/kernel/client";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { contrast, isColour, leastContrast } from "@/ui/contrast";
import { Field, inputClass } from "@/ui/field";
import { useAct } from "@/ui/use-act";

interface ColourFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

function ColourField({ label, value, onChange }: ColourFieldProps) {
  return (
    <Field label={label} {...(isColour(value) ? {} : { error: t`Write it as #rrggbb` })}>
      {(wires) => (
        <span className="flex gap-5">
          <input
            type="color"
            aria-label={t`${label}: choose`}
            value={isColour(value) ? value : "#000000"}
            onChange={(event) => onChange(event.target.value)}
            className="h-44 w-55 shrink-0 cursor-pointer rounded-5 border border-line-strong bg-paper p-3"
          />
          <input
            {...wires}
            value={value}
            maxLength={7}
            spellCheck={false}
            onChange={(event) => onChange(event.target.value.trim().toLowerCase())}
            className={`${inputClass} h-44 min-w-0 font-mono`}
          />
        </span>
      )}
    </Field>
  );
}

/** Two colours of the organisation's own: shown as they will be, measured as they are chosen. */
export function OwnColours({ organisation }: { organisation: Organisation }) {
  const [accent, setAccent] = useState(organisation.theme.accent ?? "#5b2a86");
  const [text, setText] = useState(organisation.theme.on_accent ?? "#ffffff");
  const known = isColour(accent) && isColour(text);
  const ratio = known ? contrast(accent, text) : 0;
  const reaches = ratio >= leastContrast;
  const told = ratio.toFixed(2);
  const save = useAct({
    work: () => patch("/organisation", { theme: { accent, on_accent: text } }),
    refresh: [["organisation"]],
    done: () => t`Colours saved`,
    refused: t`The colours stay as they were`,
  });
  return (
    <form
      noValidate
      className="mt-21 flex flex-col gap-13"
      onSubmit={(event) => {
        event.preventDefault();
        if (reaches) save.mutate();
      }}
    >
      <div className="grid gap-13 sm:grid-cols-2">
        <ColourField label={t`Own colour`} value={accent} onChange={setAccent} />
        <ColourField label={t`Text on it`} value={text} onChange={setText} />
      </div>
      <div className="flex flex-wrap items-center gap-13">
        <span
          className="inline-flex h-44 items-center rounded-5 px-21 text-16 font-medium"
          ref={(node) => {
            node?.style.setProperty("background", accent);
            node?.style.setProperty("color", text);
          }}
        >
          <Trans>A button</Trans>
        </span>
        {reaches ? (
          <Badge tone="ok">
            <Trans>Contrast {told}: easy to read (AA)</Trans>
          </Badge>
        ) : (
          <Badge tone="bad">
            <Trans>Contrast {told}: at least 4.5 is needed</Trans>
          </Badge>
        )}
        <Button type="submit" size="normal" className="ml-auto" busy={save.isPending} disabled={!reaches}>
          <Trans>Use these</Trans>
        </Button>
      </div>
    </form>
  );
}
