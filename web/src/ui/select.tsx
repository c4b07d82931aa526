import { CSPProvider } from "@base-ui/react/csp-provider";
import { Select as Base } from "@base-ui/react/select";
import { clsx } from "clsx";
import { Check, ChevronDown } from "lucide-react";

import { inputClass } from "./field";

export interface Choice<Value extends string = string> {
  value: Value;
  label: string;
}

interface SelectProps<Value extends string> {
  value: Value;
  choices: readonly Choice<Value>[];
  onChange: (value: Value) => void;
  id?: string;
  label?: string;
  dense?: boolean;
  disabled?: boolean;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { value, choices, onChange, id, label, dense = false, disabled = false } = props;
  // The server allows no inline style element.
  return (
    <CSPProvider disableStyleElements>
      <Base.Root
        items={choices}
        value={value}
        disabled={disabled}
        onValueChange={(next) => {
          if (next !== null) onChange(next);
        }}
      >
        <Base.Trigger
          id={id}
          aria-label={label}
          className={clsx(dense ? inputClass.replace("text-16", "text-12") : inputClass, "flex items-center justify-between gap-8", dense ? "h-34" : "h-44")}
        >
          <Base.Value className="min-w-0 truncate text-left" />
          <ChevronDown size={16} aria-hidden className="shrink-0 text-muted" />
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner sideOffset={5} alignItemWithTrigger={false} className="z-40">
            <Base.Popup className="grow-in max-h-[377px] min-w-[var(--anchor-width)] origin-[var(--transform-origin)] overflow-y-auto rounded-8 border border-line bg-paper p-5 shadow-float">
              {choices.map((choice) => (
                <Base.Item
                  key={choice.value}
                  value={choice.value}
                  className="flex min-h-34 pointer-coarse:min-h-44 cursor-default items-center justify-between gap-21 rounded-5 px-8 text-12 data-[highlighted]:bg-sunken"
                >
                  <Base.ItemText>{choice.label}</Base.ItemText>
                  <Base.ItemIndicator>
                    <Check size={13} aria-hidden />
                  </Base.ItemIndicator>
                </Base.Item>
              ))}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </CSPProvider>
  );
}
