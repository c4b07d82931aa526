import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { useState } from "react";

import { Button } from "@/ui/button";
import { Checkbox } from "@/ui/checkbox";
import { Dialog, DialogActions } from "@/ui/dialog";
import { Field, TextArea, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import { dataTypes, parameterKinds, type Parameter } from "../types";
import { plainWord } from "../words";
import { ParameterRules } from "./parameter-rules";
import { begin, errorOf, toSent } from "./values";

interface ParameterDialogProps {
  parameter: Parameter;
  onClose: () => void;
  onKeep: (parameter: Parameter) => void;
}

const numberOrNull = (text: string) => (text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text));
const shown = (value: number | null) => (value === null ? "" : String(value));

/** A list of ASINs or campaigns is a list, a pattern is one text: what goes together is kept together. */
function settle(parameter: Parameter): Parameter {
  if (parameter.kind === "asin_list" || parameter.kind === "campaign_list") return { ...parameter, list: true };
  if (parameter.kind === "table") return { ...parameter, list: false, data_type: "STRING", like_mode: null, pattern: null };
  if (parameter.kind === "like") {
    return { ...parameter, list: false, data_type: "STRING", like_mode: parameter.like_mode ?? "contains" };
  }
  return { ...parameter, like_mode: null };
}

export function ParameterDialog({ parameter, onClose, onKeep }: ParameterDialogProps) {
  const [edited, setEdited] = useState(parameter);
  const [initial, setInitial] = useState(() => begin([parameter], {})[parameter.name] ?? "");
  const change = (part: Partial<Parameter>) => setEdited((before) => settle({ ...before, ...part }));
  const optional = { ...edited, required: false };
  const bare = !edited.required && initial.trim() === "";
  const wrong = bare ? t`What may be left out needs a default` : errorOf(optional, initial);
  // As it is typed: a line that is empty still is about to be written.
  const [lines, setLines] = useState((parameter.options ?? []).join("\n"));
  const options = lines.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const isTable = edited.kind === "table";
  const place = `{{${parameter.name}}}`;
  const isChosen = isTable || edited.kind === "enum";
  const noTable = isTable && options.some((option) => !/^[A-Za-z_]\w{0,99}$/.test(option));
  const ready = wrong === null && !noTable && (!isChosen || options.length > 0);
  const ranged = ["INTEGER", "LONG", "DOUBLE", "DECIMAL"].includes(edited.data_type) && !edited.list;
  return (
    <Dialog open onClose={onClose} title={<code className="font-mono">{parameter.name}</code>}>
      <form
        noValidate
        className="flex flex-col gap-21"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onKeep({ ...edited, options: options.length === 0 ? null : options, default: toSent([optional], { [edited.name]: initial })[edited.name] ?? null });
        }}
      >
        <TextField label={t`Label`} maxLength={200} value={edited.label} onChange={(event) => change({ label: event.target.value })} />
        <TextField label={t`Description`} optional={t`optional`} value={edited.description} onChange={(event) => change({ description: event.target.value })} />
        <div className="grid gap-21 sm:grid-cols-2">
          <Field label={t`Asked for as`}>
            {({ id }) => (
              <Select
                id={id}
                value={edited.kind}
                choices={parameterKinds.map((value) => ({ value, label: plainWord(value) }))}
                onChange={(kind) => change({ kind })}
              />
            )}
          </Field>
          {!isTable && (
            <Field label={t`Type`}>
              {({ id }) => (
                <Select
                  id={id}
                  value={edited.data_type}
                  choices={dataTypes.map((value) => ({ value, label: value }))}
                  onChange={(data_type) => change({ data_type })}
                />
              )}
            </Field>
          )}
        </div>
        {!isTable && <Checkbox checked={edited.list} onChange={(list) => change({ list })} label={<Trans>Takes a list</Trans>} />}
        <Checkbox
          checked={edited.required}
          onChange={(required) => change({ required })}
          label={<Trans>Whoever runs it must give a value</Trans>}
        />
        {edited.kind === "like" && (
          <Field label={t`Compared`}>
            {({ id }) => (
              <Select
                id={id}
                value={edited.like_mode ?? "contains"}
                choices={[
                  { value: "contains", label: t`Anywhere in the text` },
                  { value: "starts", label: t`At its beginning` },
                  { value: "exact", label: t`As it is` },
                ]}
                onChange={(like_mode) => change({ like_mode })}
              />
            )}
          </Field>
        )}
        {isChosen && (
          <TextArea
            label={isTable ? t`Tables to choose from` : t`Options`}
            hint={isTable ? t`One a line. The one chosen is written where the query has ${place}.` : t`One a line.`}
            value={lines}
            onChange={(event) => setLines(event.target.value)}
            {...(noTable ? { error: t`A name of a table has letters, digits and _ only` } : {})}
          />
        )}
        {ranged && (
          <div className="grid grid-cols-2 gap-21">
            <TextField label={t`Least`} optional={t`optional`} inputMode="decimal" defaultValue={shown(edited.min)} onChange={(event) => change({ min: numberOrNull(event.target.value) })} />
            <TextField label={t`Most`} optional={t`optional`} inputMode="decimal" defaultValue={shown(edited.max)} onChange={(event) => change({ max: numberOrNull(event.target.value) })} />
          </div>
        )}
        <ParameterRules parameter={edited} onChange={change} />
        <TextArea
          label={t`Default`}
          {...(edited.required ? { optional: t`optional` } : {})}
          rows={edited.list ? 3 : 1}
          value={initial}
          onChange={(event) => setInitial(event.target.value)}
          {...(wrong === null ? {} : { error: wrong })}
        />
        <DialogActions>
          <Button size="normal" onClick={onClose}>
            <Trans>Leave it</Trans>
          </Button>
          <Button tone="primary" size="normal" type="submit" disabled={!ready}>
            <Trans>Keep</Trans>
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
