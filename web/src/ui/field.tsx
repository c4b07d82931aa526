import { clsx } from "clsx";
import { CircleAlert } from "lucide-react";
import { useId, type ComponentProps, type ReactNode } from "react";

export const inputClass =
  "w-full rounded-5 border border-line-strong bg-paper px-13 text-16 text-ink placeholder:text-muted " +
  "aria-invalid:border-bad disabled:bg-sunken disabled:text-muted [&[readonly]]:bg-sunken [&[readonly]]:text-muted";

interface Wires {
  id: string;
  "aria-invalid": boolean;
  "aria-describedby": string | undefined;
  "aria-required"?: true;
}

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: string;
  /** Marked with an asterisk, which readers hear as "required". */
  needed?: boolean;
  className?: string;
  children: (wires: Wires) => ReactNode;
}

/** A label, its control, a hint and the reason why the value was refused, tied together for readers. */
export function Field({ label, hint, error, optional, needed = false, className, children }: FieldProps) {
  const id = useId();
  const hintId = hint === undefined ? undefined : `${id}-hint`;
  const errorId = error === undefined ? undefined : `${id}-error`;
  const described = [errorId, hintId].filter((part) => part !== undefined).join(" ");
  return (
    <div className={clsx("flex flex-col gap-5", className)}>
      <label htmlFor={id} className="flex items-baseline justify-between text-12 font-medium text-ink">
        <span className={clsx(needed && "after:text-muted after:content-['_*'_/_'']")}>{label}</span>
        {optional !== undefined && <span className="font-normal text-muted">{optional}</span>}
      </label>
      {children({
        id,
        "aria-invalid": error !== undefined,
        "aria-describedby": described === "" ? undefined : described,
        ...(needed ? { "aria-required": true } : {}),
      })}
      {error !== undefined && (
        <p id={errorId} className="flex items-center gap-5 text-12 text-bad">
          <CircleAlert size={13} aria-hidden /> {error}
        </p>
      )}
      {hint !== undefined && (
        <p id={hintId} className="label">
          {hint}
        </p>
      )}
    </div>
  );
}

type Shared = Omit<FieldProps, "children">;

export function TextField({ label, hint, error, optional, needed, className, ...input }: Shared & ComponentProps<"input">) {
  return (
    <Field {...shared({ label, hint, error, optional, needed, className })}>
      {(wires) => <input {...input} {...wires} className={clsx(inputClass, "h-44")} />}
    </Field>
  );
}

export function TextArea({ label, hint, error, optional, needed, className, ...input }: Shared & ComponentProps<"textarea">) {
  return (
    <Field {...shared({ label, hint, error, optional, needed, className })}>
      {(wires) => <textarea rows={3} {...input} {...wires} className={clsx(inputClass, "py-8")} />}
    </Field>
  );
}

interface Loose {
  label: ReactNode;
  hint: ReactNode;
  error: string | undefined;
  optional: string | undefined;
  needed: boolean | undefined;
  className: string | undefined;
}

/** Leaves out what is undefined, as exact optional properties ask. */
function shared(props: Loose): Shared {
  const kept = Object.entries(props).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as unknown as Shared;
}

/** What the server refused without naming a field, above the buttons of a form. */
export function FormRefusal({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <p role="alert" className="flex items-start gap-8 rounded-5 bg-bad-soft px-13 py-8 text-12 text-bad">
      <CircleAlert size={16} aria-hidden className="mt-1 shrink-0" /> {message}
    </p>
  );
}
