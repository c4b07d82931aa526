import { create } from "zustand";

export type ThemeChoice = "light" | "dark" | "system";

interface UiState {
  theme: ThemeChoice;
  preset: string;
  palette: boolean;
  help: boolean;
  drawer: boolean;
}

const key = "metatron.theme";
const dark = () => window.matchMedia("(prefers-color-scheme: dark)");

function stored(): ThemeChoice {
  const value = localStorage.getItem(key);
  return value === "light" || value === "dark" ? value : "system";
}

export const useUi = create<UiState>(() => ({
  theme: stored(),
  preset: "gold",
  palette: false,
  help: false,
  drawer: false,
}));

function paint({ theme, preset }: UiState): void {
  const root = document.documentElement;
  root.dataset["theme"] = theme === "system" ? (dark().matches ? "dark" : "light") : theme;
  root.dataset["preset"] = preset;
}

export function startTheme(): void {
  paint(useUi.getState());
  useUi.subscribe(paint);
  dark().addEventListener("change", () => paint(useUi.getState()));
}

export function chooseTheme(theme: ThemeChoice): void {
  localStorage.setItem(key, theme);
  useUi.setState({ theme });
}
