import { KeyCode, type editor, type IDisposable } from "monaco-editor/editor";

const open = ".suggest-widget.visible, .find-widget.visible, .action-widget, .parameter-hints-widget.visible, .monaco-hover:not(.hidden), .marker-widget";

/** Escape, then Tab leads out of the editor, which keeps Tab for itself otherwise. An Escape that closes something is none. */
export function leaveByEscape(one: editor.IStandaloneCodeEditor): IDisposable {
  let leaving = false;
  const stay = () => {
    leaving = false;
  };
  const listening = [
    one.onKeyDown((event) => {
      // What the editor does not hear of, the browser does: it moves the focus.
      if (event.keyCode === KeyCode.Tab && leaving) event.stopPropagation();
      else if (event.keyCode === KeyCode.Escape) leaving = document.querySelector(open) === null;
      else if (event.keyCode !== KeyCode.Shift) stay();
    }),
    one.onMouseDown(stay),
    one.onDidBlurEditorText(stay),
  ];
  return { dispose: () => listening.forEach((each) => each.dispose()) };
}
