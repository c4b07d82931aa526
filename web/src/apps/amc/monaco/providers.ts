import { editor, languages, MarkerSeverity, type IDisposable, type IMarkdownString } from "monaco-editor/editor";

import { complete, formatSql, type Asks } from "../editor/ask-server";
import type { CompletionItem, Finding, Schema } from "../editor/check-types";
import { explain } from "../editor/explain";
import { languageId } from "./amc-sql";

const kinds: Record<CompletionItem["kind"], languages.CompletionItemKind> = {
  table: languages.CompletionItemKind.Struct,
  column: languages.CompletionItemKind.Field,
  function: languages.CompletionItemKind.Function,
  cte: languages.CompletionItemKind.Reference,
  keyword: languages.CompletionItemKind.Keyword,
  parameter: languages.CompletionItemKind.Variable,
};

const mendable = new WeakMap<editor.ITextModel, readonly Finding[]>();

/** The findings whose mends fit the text as it stands. */
export function offerMends(model: editor.ITextModel, findings: readonly Finding[]): void {
  mendable.set(model, findings);
}

const toRange = ({ range }: { range: Finding["range"] }) => ({
  startLineNumber: range.start_line,
  startColumn: range.start_column,
  endLineNumber: range.end_line,
  endColumn: range.end_column,
});

/** Underlines what the check found. */
export function showFindings(model: editor.ITextModel, findings: readonly Finding[]): void {
  editor.setModelMarkers(
    model,
    "amc",
    findings.map((finding) => ({
      ...toRange(finding),
      code: finding.code,
      message: finding.message,
      severity: finding.severity === "error" ? MarkerSeverity.Error : MarkerSeverity.Warning,
    })),
  );
}

function aborting(token: { onCancellationRequested: (listener: () => void) => IDisposable }): AbortSignal {
  const control = new AbortController();
  token.onCancellationRequested(() => control.abort());
  return control.signal;
}

const completing = (asks: () => Asks): languages.CompletionItemProvider => ({
  triggerCharacters: [".", "'"],
  provideCompletionItems: async (model, position, _context, token) => {
    const sql = model.getValue();
    const offset = model.getOffsetAt(position);
    try {
      const { items, from, to } = await complete(sql, offset, asks(), aborting(token));
      const [start, end] = [model.getPositionAt(from), model.getPositionAt(to)];
      const range = {
        startLineNumber: start.lineNumber,
        startColumn: start.column,
        endLineNumber: end.lineNumber,
        endColumn: end.column,
      };
      return {
        suggestions: items.map((item, index) => ({
          label: item.label,
          kind: kinds[item.kind],
          insertText: item.insert,
          sortText: String(index).padStart(5, "0"),
          range,
          ...(item.detail === null ? {} : { detail: item.detail }),
          ...(item.documentation === null ? {} : { documentation: item.documentation }),
        })),
      };
    } catch {
      // Without an answer nothing is offered: typing goes on.
      return { suggestions: [] };
    }
  },
});

const actions: languages.CodeActionProvider = {
  provideCodeActions: (model, range, context) => {
    const here = (mendable.get(model) ?? []).filter(
      (finding) => finding.fix !== null && finding.range.start_line <= range.endLineNumber && finding.range.end_line >= range.startLineNumber,
    );
    const offered = here.flatMap((finding) => {
      if (finding.fix === null) return [];
      const edit = { resource: model.uri, versionId: model.getVersionId(), textEdit: { range: toRange(finding.fix), text: finding.fix.text } };
      const diagnostics = context.markers.filter((marker) => marker.code === finding.code);
      return [{ title: finding.fix.title, kind: "quickfix", isPreferred: true, diagnostics, edit: { edits: [edit] } }];
    });
    return { actions: offered, dispose: () => undefined };
  },
};

const formatting: languages.DocumentFormattingEditProvider = {
  displayName: "AMC SQL",
  provideDocumentFormattingEdits: async (model) => {
    const text = await formatSql(model.getValue()).catch(() => model.getValue());
    return [{ range: model.getFullModelRange(), text }];
  },
};

function hovering(schema: () => Schema | undefined): languages.HoverProvider {
  return {
    provideHover: (model, position) => {
      const word = model.getWordAtPosition(position);
      const known = schema();
      if (word === null || known === undefined) return null;
      const contents: IMarkdownString[] = explain(known, word.word, model.getValue()).map((value) => ({ value }));
      return contents.length === 0 ? null : { contents };
    },
  };
}

/** Completion, quick mends, formatting and documentation for AMC SQL, until it is disposed of. */
export function provide(schema: () => Schema | undefined, asks: () => Asks): IDisposable {
  const all = [
    languages.registerCompletionItemProvider(languageId, completing(asks)),
    languages.registerCodeActionProvider(languageId, actions),
    languages.registerDocumentFormattingEditProvider(languageId, formatting),
    languages.registerHoverProvider(languageId, hovering(schema)),
  ];
  return { dispose: () => all.forEach((one) => one.dispose()) };
}
