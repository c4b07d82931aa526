/** A specification as lines of "label: value". */
export function fromSpecification(specification: Record<string, string>): string {
  return Object.entries(specification)
    .map(([label, value]) => `${label}: ${value}`)
    .join("\n");
}

/** The lines as label and value; null when a line has no colon, an empty side, or a label comes twice. */
export function toSpecification(text: string): Record<string, string> | null {
  const found: Record<string, string> = {};
  for (const line of text.split("\n").filter((each) => each.trim() !== "")) {
    const at = line.indexOf(":");
    const [label, value] = [line.slice(0, Math.max(at, 0)).trim(), line.slice(at + 1).trim()];
    if (label === "" || value === "" || Object.hasOwn(found, label)) return null;
    found[label] = value;
  }
  return found;
}
