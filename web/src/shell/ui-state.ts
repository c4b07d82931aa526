import { create } from "zustand";

export type ThemeChoice = "light" | "dark" | "system";

export interface OwnColours {
  accent: string;
  on_accent: string;
}

interface UiState {
  theme: ThemeChoice;
  preset: string;
  /** The organisation's own two colours, in place of a preset's. */
  own: OwnColours | null;
  palette: boolean;
  help: boolean;
  drawer: boolean;
  clock: boolean;
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
  own: null,
  palette: false,
  help: false,
  drawer: false,
  clock: false,
}));

function set(root: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) root.style.removeProperty(name);
  else root.style.setProperty(name, value);
}

function paint({ theme, preset, own }: UiState): void {
  const root = document.documentElement;
  root.dataset["theme"] = theme === "system" ? (dark().matches ? "dark" : "light") : theme;
  root.dataset["preset"] = preset;
  // Its two colours are a fill and the text on it, measured when they were chosen; links stay as they are.
  for (const fill of ["--primary", "--primary-strong", "--highlight"]) set(root, fill, own?.accent);
  for (const text of ["--on-primary", "--on-highlight"]) set(root, text, own?.on_accent);
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
