// Part of the editor that its own declarations leave out: it registers itself when it is loaded.
declare module "monaco-editor/editor/contrib/suggest/browser/suggestController";
