import EditorWorker from "monaco-editor/editor/editor.worker?worker";

import { holdStyles, makeSheet } from "./strict-styles";

interface PolicyOptions {
  createHTML?: (html: string, ...rest: unknown[]) => string;
}

interface Environment {
  getWorker: () => Worker;
  createTrustedTypesPolicy: (name: string, options: PolicyOptions) => { createHTML: (html: string, ...rest: unknown[]) => string };
  makeSheet: () => HTMLElement;
}

declare global {
  // The name under which the editor looks for it.
  var MonacoEnvironment: Environment | undefined;
}

// Imported before the editor itself: it reads this while its own modules are loaded.
globalThis.MonacoEnvironment = {
  getWorker: () => new EditorWorker({ name: "editor" }),
  createTrustedTypesPolicy: (_name, options) => ({
    createHTML: (html, ...rest) => holdStyles(options.createHTML?.(html, ...rest) ?? html),
  }),
  makeSheet,
};
