import { Menu as Base } from "@base-ui/react/menu";
import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

const popup =
  "grow-in min-w-[200px] origin-[var(--transform-origin)] rounded-8 border border-line bg-paper p-5 shadow-float";
const row =
  "flex min-h-34 pointer-coarse:min-h-44 cursor-default items-center gap-8 rounded-5 px-8 text-12 outline-none select-none data-[highlighted]:bg-sunken";

interface MenuProps {
  trigger: ReactElement;
  /** Open from the beginning. */
  opened: boolean;
  children: ReactNode;
}

export function Menu({ trigger, opened, children }: MenuProps) {
  return (
    <Base.Root defaultOpen={opened}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={5} align="end" className="z-40">
          <Base.Popup className={popup}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuItemProps {
  onSelect: () => void;
  icon?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  children: ReactNode;
}

export function MenuItem({ onSelect, icon, danger = false, disabled = false, children }: MenuItemProps) {
  return (
    <Base.Item onClick={onSelect} disabled={disabled} className={clsx(row, danger && "text-bad")}>
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
    </Base.Item>
  );
}

export interface MenuCheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}

export function MenuCheck({ checked, onChange, children }: MenuCheckProps) {
  return (
    <Base.CheckboxItem checked={checked} onCheckedChange={onChange} closeOnClick={false} className={row}>
      <span className="flex w-[16px] items-center">
        <Base.CheckboxItemIndicator>
          <Check size={13} aria-hidden />
        </Base.CheckboxItemIndicator>
      </span>
      {children}
    </Base.CheckboxItem>
  );
}

export function MenuLine() {
  return <Base.Separator className="my-5 h-1 bg-line" />;
}
