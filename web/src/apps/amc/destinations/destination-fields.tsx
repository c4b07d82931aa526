import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";

import { Field, TextField } from "@/ui/field";
import { Select } from "@/ui/select";

import type { Typed } from "./settings";
import type { DestinationKind } from "./types";

interface DestinationFieldsProps {
  kind: DestinationKind;
  typed: Typed;
  errors: Record<string, string>;
  /** A secret was given before; it stays unless it is given anew. */
  sealed?: boolean;
  onChange: (typed: Typed) => void;
}

/** What a kind of destination needs to be reached. */
export function DestinationFields({ kind, typed, errors, sealed = false, onChange }: DestinationFieldsProps) {
  const set = (name: string, text: string) => onChange({ ...typed, [name]: text });
  const secret = { type: "password", ...(sealed ? { hint: t`Sealed. Left empty, it stays as it is.` } : {}) };
  const text = (name: string, label: string, more: { hint?: string; type?: string } = {}) => (
    <TextField
      label={label}
      {...(more.hint === undefined ? {} : { hint: more.hint })}
      type={more.type ?? "text"}
      autoComplete={more.type === "password" ? "new-password" : "off"}
      error={errors[name]}
      value={typed[name] ?? ""}
      onChange={(event) => set(name, event.target.value)}
    />
  );
  if (kind === "folder") return text("folder", t`Folder`, { hint: t`A name inside this organisation's exports; it may stay empty.` });
  if (kind === "s3")
    return (
      <div className="grid gap-21 sm:grid-cols-2">
        {text("bucket", t`Bucket`)}
        {text("prefix", t`Prefix`)}
        {text("region", t`Region`)}
        {text("endpoint", t`Endpoint`, { hint: t`Empty for Amazon's own.` })}
        {text("access_key_id", t`Access key id`)}
        {text("secret_access_key", t`Secret access key`, secret)}
      </div>
    );
  return (
    <>
      <div className="grid gap-21 sm:grid-cols-2">
        {text("host", t`Host`)}
        {text("port", t`Port`)}
        {text("database", t`Database`)}
        {text("user", t`User`)}
        {text("password", t`Password`, secret)}
        <Field label={t`Encryption`}>
          {({ id }) => (
            <Select
              id={id}
              value={typed["tls"] ?? "verify"}
              choices={[
                { value: "verify", label: t`TLS, certificate checked` },
                { value: "require", label: t`TLS, any certificate` },
                { value: "off", label: t`None: private networks only` },
              ]}
              onChange={(tls) => set("tls", tls)}
            />
          )}
        </Field>
        {text("schema_name", t`Schema`)}
        {text("table_name", t`Table`)}
      </div>
      <p className="label">
        <Trans>The table is made when it is not there, and gets columns as results bring them.</Trans>
      </p>
    </>
  );
}
