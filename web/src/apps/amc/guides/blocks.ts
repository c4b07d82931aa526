export interface Block {
  kind: "paragraph" | "heading" | "list" | "steps" | "table" | "code";
  lines: string[];
}

const startOf = (line: string): Block["kind"] => {
  if (/^#{1,6}\s/.test(line)) return "heading";
  if (/^\s*[-*]\s/.test(line)) return "list";
  if (/^\s*\d+[.)]\s/.test(line)) return "steps";
  return line.startsWith("|") ? "table" : "paragraph";
};

/** The blocks of a text: parted by empty lines, a new kind of line, or a fence. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let fenced = false;
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) {
      fenced = !fenced;
      open = fenced ? { kind: "code", lines: [] } : null;
      if (open !== null) blocks.push(open);
    } else if (fenced) open?.lines.push(line);
    else if (line.trim() === "") open = null;
    else {
      const kind = startOf(line);
      const goesOn: boolean = open !== null && (kind === open.kind || (kind === "paragraph" && open.kind !== "table"));
      if (open === null || !goesOn || kind === "heading" || open.kind === "heading") {
        open = { kind, lines: [] };
        blocks.push(open);
      }
      const listed: boolean = open.kind === "list" || open.kind === "steps";
      // A list's item may run over several lines.
      if (listed && kind === "paragraph") open.lines.push(`${open.lines.pop() ?? ""} ${line.trim()}`);
      else open.lines.push(line);
    }
  }
  return blocks;
}
