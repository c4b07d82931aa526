import { t } from "@lingui/core/macro";
import { useImperativeHandle, useRef } from "react";

import { asProblem } from "@/kernel/problem";
import { sayRefused } from "@/ui/toast";

import { formatSql } from "./ask-server";
import type { EditorProps } from "./editor-props";
import { offsetOf, plainBreaks } from "./offsets";

/** For a phone: the text itself, with the keyboard it brings. */
export default function PlainEditor({ value: given, onChange, label, readOnly = false, ref }: EditorProps) {
  // A text field counts every break as one sign, whatever it was given.
  const value = plainBreaks(given);
  const place = useRef<HTMLTextAreaElement>(null);
  const select = (at: number) => {
    place.current?.focus();
    place.current?.setSelectionRange(at, at);
  };
  useImperativeHandle(ref, () => ({
    insert: (text) => {
      const start = place.current?.selectionStart ?? value.length;
      const end = place.current?.selectionEnd ?? start;
      onChange(value.slice(0, start) + text + value.slice(end));
      requestAnimationFrame(() => select(start + text.length));
    },
    reveal: (line, column) => select(offsetOf(value, line, column)),
    format: () => {
      formatSql(value).then(onChange, (error: unknown) => sayRefused(t`The query stays as it was`, asProblem(error).said));
    },
  }));
  return (
    <textarea
      ref={place}
      aria-label={label}
      value={value}
      readOnly={readOnly}
      spellCheck={false}
      autoCapitalize="off"
      autoCorrect="off"
      onChange={(event) => onChange(event.target.value)}
      className="block h-full w-full resize-none bg-paper p-13 font-mono text-16 text-ink focus-visible:-outline-offset-2"
    />
  );
}
