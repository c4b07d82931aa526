import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Check } from "lucide-react";
import { useId, type ReactNode } from "react";

interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
  /** Hides the label from sight only, e.g. in a table row. */
  bare?: boolean;
}

export function Checkbox({ checked, onChange, label, hint, disabled = false, bare = false }: CheckboxProps) {
  const id = useId();
  const box = (
    <Base.Root
      checked={checked}
      disabled={disabled}
      onCheckedChange={(value) => onChange(value)}
      aria-labelledby={`${id}-label`}
      className="mt-3 flex size-[18px] shrink-0 items-center justify-center rounded-3 border border-line-strong bg-paper text-on-primary data-[checked]:border-primary data-[checked]:bg-primary data-[disabled]:opacity-55"
    >
      <Base.Indicator>
        <Check size={13} strokeWidth={3} aria-hidden />
      </Base.Indicator>
    </Base.Root>
  );
  if (bare) {
    return (
      <span className="inline-flex">
        {box}
        <span id={`${id}-label`} className="sr-only">
          {label}
        </span>
      </span>
    );
  }
  return (
    <label className="flex cursor-pointer items-start gap-13">
      {box}
      <span id={`${id}-label`} className="min-w-0">
        <span className="block text-16">{label}</span>
        {hint !== undefined && <span className="label block">{hint}</span>}
      </span>
    </label>
  );
}
