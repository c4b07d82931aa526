import { t } from "@lingui/core/macro";
import { Trans } from "@lingui/react/macro";
import { Check, Monitor, Moon, Sun } from "lucide-react";

import { MenuItem, MenuLabel } from "@/ui/menu";

import { chooseTheme, useUi } from "./ui-state";

export function ThemeItems() {
  const chosen = useUi((state) => state.theme);
  const choices = [
    { value: "light", label: t`Light`, icon: Sun },
    { value: "dark", label: t`Dark`, icon: Moon },
    { value: "system", label: t`As the system`, icon: Monitor },
  ] as const;
  return (
    <>
      <MenuLabel>
        <Trans>Theme</Trans>
      </MenuLabel>
      {choices.map(({ value, label, icon: Icon }) => (
        <MenuItem
          key={value}
          icon={chosen === value ? <Check size={13} aria-hidden /> : <Icon size={13} aria-hidden />}
          onSelect={() => chooseTheme(value)}
        >
          {label}
        </MenuItem>
      ))}
    </>
  );
}
