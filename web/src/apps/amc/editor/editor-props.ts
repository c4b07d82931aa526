import type { Ref } from "react";

import type { Parameter } from "../types";
import type { Finding, Schema } from "./check-types";

/** Of the line that tells which keys the large editor knows. */
export const keysId = "editor-keys";

/** What the rest of the page may ask of an editor, be it the large one or a phone's. */
export interface EditorHandle {
  /** Puts a text where the cursor stands. */
  insert: (text: string) => void;
  reveal: (line: number, column: number) => void;
  format: () => void;
}

export interface EditorProps {
  value: string;
  onChange: (value: string) => void;
  findings: readonly Finding[];
  /** They are of what stood there before: no mend of theirs has its place any more. */
  stale?: boolean;
  schema: Schema | undefined;
  /** Offered where a parameter is named. */
  parameters: readonly Parameter[];
  label: string;
  readOnly?: boolean;
  ref: Ref<EditorHandle>;
}
