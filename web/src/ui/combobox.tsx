import { Combobox as Base } from "@base-ui/react/combobox";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { clsx } from "clsx";
import { Check, ChevronDown } from "lucide-react";
import type { ReactNode } from "react";

import { inputClass } from "./field";
import type { Choice } from "./select";

interface ComboboxProps {
  chosen: Choice | null;
  /** What the server found for what was typed. */
  found: readonly Choice[];
  typed: string;
  onType: (typed: string) => void;
  onChoose: (choice: Choice | null) => void;
  /** Said in place of a list that is empty. */
  empty: ReactNode;
  /** Said below the list, or while it is on its way. */
  status?: ReactNode;
  placeholder?: string;
  id?: string;
  describedBy?: string | undefined;
  invalid?: boolean;
  disabled?: boolean;
  dense?: boolean;
}

/** A choice among more than a list should show: what is typed is looked for by the server. */
export function Combobox(props: ComboboxProps) {
  const { chosen, found, typed, onType, onChoose, empty, status, placeholder, id, disabled = false, dense = false } = props;
  // The server allows no inline style element.
  return (
    <CSPProvider disableStyleElements>
      <Base.Root
        items={found}
        filter={null}
        value={chosen}
        onValueChange={onChoose}
        inputValue={typed}
        onInputValueChange={onType}
        isItemEqualToValue={(one, other) => one.value === other.value}
        disabled={disabled}
        autoHighlight
      >
        <div className="relative">
          <Base.Input
            id={id}
            placeholder={placeholder}
            aria-describedby={props.describedBy}
            aria-invalid={props.invalid === true}
            aria-required
            className={clsx(dense ? inputClass.replace("text-16", "text-12") : inputClass, "pr-34", dense ? "h-34" : "h-44")}
          />
          <ChevronDown size={16} aria-hidden className={clsx("pointer-events-none absolute right-13 text-muted", dense ? "top-8" : "top-13")} />
        </div>
        <Base.Portal>
          <Base.Positioner sideOffset={5} className="z-40">
            <Base.Popup className="grow-in max-h-[377px] w-[var(--anchor-width)] origin-[var(--transform-origin)] overflow-y-auto rounded-8 border border-line bg-paper p-5 shadow-float">
              <Base.Empty className="px-8 text-12 text-muted not-empty:py-8">{empty}</Base.Empty>
              <Base.List>
                {(choice: Choice) => (
                  <Base.Item
                    key={choice.value}
                    value={choice}
                    className="flex min-h-34 pointer-coarse:min-h-44 cursor-default items-center justify-between gap-21 rounded-5 px-8 text-12 data-[highlighted]:bg-sunken"
                  >
                    <span className="min-w-0 break-words">{choice.label}</span>
                    <Base.ItemIndicator>
                      <Check size={13} aria-hidden />
                    </Base.ItemIndicator>
                  </Base.Item>
                )}
              </Base.List>
              <Base.Status className="label px-8 not-empty:py-5">{status}</Base.Status>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </CSPProvider>
  );
}
