export interface DiffLine {
  op: "same" | "add" | "remove";
  text: string;
}

const most = 2000;

/** The lines of two texts beside each other: what stays, what goes, what comes (longest common part). */
export function diffLines(before: string, after: string): DiffLine[] {
  const [old, now] = [before.split("\n"), after.split("\n")];
  if (old.length > most || now.length > most) {
    return [...old.map((text) => ({ op: "remove" as const, text })), ...now.map((text) => ({ op: "add" as const, text }))];
  }
  const width = now.length + 1;
  const common = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        old[i] === now[j]
          ? (common[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(common[(i + 1) * width + j] ?? 0, common[i * width + j + 1] ?? 0);
    }
  }
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    const [one, other] = [old[i], now[j]];
    if (one !== undefined && one === other) {
      lines.push({ op: "same", text: one });
      i += 1;
      j += 1;
    } else if (one !== undefined && (other === undefined || (common[(i + 1) * width + j] ?? 0) >= (common[i * width + j + 1] ?? 0))) {
      lines.push({ op: "remove", text: one });
      i += 1;
    } else {
      lines.push({ op: "add", text: other ?? "" });
      j += 1;
    }
  }
  return lines;
}
