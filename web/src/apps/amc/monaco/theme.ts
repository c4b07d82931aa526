import { editor } from "monaco-editor/editor";

/** The page's own colours, read from where they are kept, as the editor wants them. */
function read(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => wholeHex(style.getPropertyValue(`--${name}`).trim());
}

/** A build writes "#fff" for "#ffffff"; the editor takes the long form only. */
export function wholeHex(colour: string): string {
  return /^#[0-9a-f]{3}$/i.test(colour) ? `#${Array.from(colour.slice(1)).map((digit) => digit + digit).join("")}` : colour;
}

function paint(): void {
  const colour = read();
  const bare = (name: string) => colour(name).replace("#", "");
  const dark = document.documentElement.dataset["theme"] === "dark";
  editor.defineTheme("metatron", {
    base: dark ? "vs-dark" : "vs",
    inherit: true,
    rules: [
      { token: "", foreground: bare("ink") },
      { token: "keyword", foreground: bare("info"), fontStyle: "bold" },
      { token: "function", foreground: bare("warn") },
      { token: "parameter", foreground: bare("bad") },
      { token: "type", foreground: bare("info") },
      { token: "string", foreground: bare("ok") },
      { token: "number", foreground: bare("ok") },
      { token: "comment", foreground: bare("muted"), fontStyle: "italic" },
      { token: "invalid", foreground: bare("bad"), fontStyle: "underline" },
      { token: "operator", foreground: bare("muted") },
      { token: "delimiter", foreground: bare("muted") },
    ],
    colors: {
      "editor.background": colour("paper"),
      "editor.foreground": colour("ink"),
      "editorLineNumber.foreground": colour("muted"),
      "editorLineNumber.activeForeground": colour("ink"),
      "editor.lineHighlightBackground": colour("ground"),
      "editor.lineHighlightBorder": "#00000000",
      "editorCursor.foreground": colour("ink"),
      "editorWidget.background": colour("paper"),
      "editorWidget.foreground": colour("ink"),
      "editorWidget.border": colour("line"),
      "editorHoverWidget.background": colour("paper"),
      "editorHoverWidget.foreground": colour("ink"),
      "editorHoverWidget.border": colour("line"),
      "editorSuggestWidget.background": colour("paper"),
      "editorSuggestWidget.foreground": colour("ink"),
      "editorSuggestWidget.border": colour("line"),
      "editorSuggestWidget.selectedBackground": colour("sunken"),
      "editorSuggestWidget.selectedForeground": colour("ink"),
      "editorSuggestWidget.highlightForeground": colour("info"),
      "editorSuggestWidget.focusHighlightForeground": colour("info"),
      "editorError.foreground": colour("bad"),
      "editorWarning.foreground": colour("warn"),
      "scrollbar.shadow": "#00000000",
      focusBorder: colour("link"),
    },
  });
  editor.setTheme("metatron");
}

/** Dresses every editor of the page, and anew when the person changes the theme. */
export function followTheme(): () => void {
  paint();
  const watch = new MutationObserver(paint);
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-preset"] });
  return () => watch.disconnect();
}
