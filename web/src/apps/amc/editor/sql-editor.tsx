import { Trans } from "@lingui/react/macro";
import { lazy, Suspense } from "react";

import { Skeleton } from "@/ui/skeleton";
import { useNarrow } from "@/ui/use-narrow";

import { keysId, type EditorProps } from "./editor-props";

// The large editor is a chunk of its own, fetched on this page and on no other.
const CodeEditor = lazy(() => import("../monaco/code-editor"));
const PlainEditor = lazy(() => import("./plain-editor"));

/** Where queries are written: the full editor, or a plain field on a phone. */
export function SqlEditor(props: EditorProps) {
  const narrow = useNarrow();
  return (
    <>
      <div className="h-[55dvh] min-h-[377px] overflow-hidden rounded-8 border border-line bg-paper">
        <Suspense fallback={<Skeleton className="m-13 h-[89%]" />}>
          {narrow ? <PlainEditor {...props} /> : <CodeEditor {...props} />}
        </Suspense>
      </div>
      {!narrow && (
        <p id={keysId} className="label mt-5">
          <Trans>In the editor Tab indents; Esc, then Tab leaves it. F8 leads to the next finding, Ctrl . (on a Mac Cmd .) to its mends.</Trans>
        </p>
      )}
    </>
  );
}
