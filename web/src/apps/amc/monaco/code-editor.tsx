import "./environment";
import "./features";

import { editor } from "monaco-editor/editor";
import { useEffect, useImperativeHandle, useRef } from "react";

import { keysId, type EditorProps } from "../editor/editor-props";
import { plainBreaks } from "../editor/offsets";
import { asksOf } from "../parameters/values";
import { languageId, registerAmcSql } from "./amc-sql";
import { leaveByEscape } from "./leaving";
import { offerMends, provide, showFindings } from "./providers";
import { applyHeldStyles } from "./strict-styles";
import { followTheme } from "./theme";

const look: editor.IStandaloneEditorConstructionOptions = {
  automaticLayout: true,
  fixedOverflowWidgets: true,
  fontFamily: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSize: 13,
  lineHeight: 21,
  fontLigatures: false,
  minimap: { enabled: false },
  overviewRulerLanes: 2,
  padding: { top: 13, bottom: 13 },
  renderLineHighlight: "line",
  renderValidationDecorations: "on",
  scrollBeyondLastLine: false,
  scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, alwaysConsumeMouseWheel: false },
  stickyScroll: { enabled: false },
  suggest: { showWords: false, preview: false },
  wordBasedSuggestions: "off",
  quickSuggestions: { other: true, comments: false, strings: false },
  tabSize: 2,
  insertSpaces: true,
  wordWrap: "off",
  unicodeHighlight: { ambiguousCharacters: true, invisibleCharacters: true },
};

/** The editor of queries. Its box must have a height of its own: it draws nothing into a height of per cent. */
export default function CodeEditor(props: EditorProps) {
  const { value, onChange, findings, stale = false, schema, parameters, label, readOnly = false, ref } = props;
  const place = useRef<HTMLDivElement>(null);
  const made = useRef<editor.IStandaloneCodeEditor | null>(null);
  const latest = useRef({ onChange, schema, parameters });
  const first = useRef({ value, label, readOnly });
  useEffect(() => {
    latest.current = { onChange, schema, parameters };
  });
  useEffect(() => {
    if (place.current === null) return undefined;
    registerAmcSql();
    const leaveTheme = followTheme();
    const leaveStyles = applyHeldStyles(place.current);
    const model = editor.createModel(first.current.value, languageId);
    model.setEOL(editor.EndOfLineSequence.LF);
    const one = editor.create(place.current, {
      ...look,
      model,
      theme: "metatron",
      ariaLabel: first.current.label,
      cursorBlinking: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? "solid" : "blink",
      readOnly: first.current.readOnly,
    });
    made.current = one;
    const leaving = leaveByEscape(one);
    const node = one.getDomNode();
    (node?.querySelector("[role=textbox]") ?? node?.querySelector("textarea"))?.setAttribute("aria-describedby", keysId);
    const providers = provide(
      () => latest.current.schema,
      () => asksOf(latest.current.parameters),
    );
    const listening = model.onDidChangeContent(() => latest.current.onChange(model.getValue()));
    return () => {
      listening.dispose();
      leaving.dispose();
      providers.dispose();
      one.dispose();
      model.dispose();
      leaveStyles();
      leaveTheme();
      made.current = null;
    };
  }, []);
  useEffect(() => {
    const model = made.current?.getModel();
    const text = plainBreaks(value);
    // What the person types comes back as it was: only a text from elsewhere is put in, and can be undone.
    if (model && model.getValue() !== text) model.pushEditOperations([], [{ range: model.getFullModelRange(), text }], () => null);
  }, [value]);
  useEffect(() => {
    const model = made.current?.getModel();
    if (model) showFindings(model, findings);
  }, [findings]);
  useEffect(() => {
    const model = made.current?.getModel();
    if (model) offerMends(model, stale ? [] : findings);
  }, [findings, stale]);
  useEffect(() => made.current?.updateOptions({ readOnly }), [readOnly]);
  useImperativeHandle(ref, () => ({
    insert: (text) => {
      const one = made.current;
      const at = one?.getSelection();
      if (!one || !at) return;
      one.executeEdits("schema", [{ range: at, text, forceMoveMarkers: true }]);
      one.focus();
    },
    reveal: (line, column) => {
      made.current?.setPosition({ lineNumber: line, column });
      made.current?.revealLineInCenter(line);
      made.current?.focus();
    },
    format: () => void made.current?.getAction("editor.action.formatDocument")?.run(),
  }));
  return <div ref={place} className="h-full w-full" data-editor />;
}
