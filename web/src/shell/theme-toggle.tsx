import { t } from "@lingui/core/macro";
import { Monitor, Moon, Sun } from "lucide-react";

import { IconButton } from "@/ui/button";

import { chooseTheme, useUi, type ThemeChoice } from "./ui-state";

const next: Record<ThemeChoice, ThemeChoice> = { system: "light", light: "dark", dark: "system" };
const icons = { system: Monitor, light: Sun, dark: Moon };

/** Goes round the three themes; the menu of the signed-in page names them all. */
export function ThemeToggle() {
  const theme = useUi((state) => state.theme);
  const names = { system: t`Theme: as the system`, light: t`Theme: light`, dark: t`Theme: dark` };
  const Icon = icons[theme];
  return (
    <IconButton label={names[theme]} onClick={() => chooseTheme(next[theme])}>
      <Icon size={16} aria-hidden />
    </IconButton>
  );
}
