export interface BadLine {
  line: number;
  text: string;
}

export interface ReadList {
  items: string[];
  /** What stood there a second time. */
  repeated: number;
  bad: BadLine[];
}

const asin = /^[A-Z0-9]{10}$/;

/** A pasted list of many items: one a line, or parted by commas, semicolons and tabs; ASINs also by spaces. */
export function readList(text: string, kind: "asin" | "whole" | "text"): ReadList {
  const parting = kind === "text" ? /[\t;,]/ : /[\s;,]+/;
  const items = new Set<string>();
  const bad: BadLine[] = [];
  let repeated = 0;
  text.split(/\r?\n/).forEach((line, index) => {
    for (const raw of line.split(parting)) {
      const bare = raw.trim().replaceAll(/^["']|["']$/g, "");
      const item = kind === "asin" ? bare.toUpperCase() : bare;
      if (item === "") continue;
      if ((kind === "asin" && !asin.test(item)) || (kind === "whole" && !/^-?\d{1,19}$/.test(item))) bad.push({ line: index + 1, text: bare });
      else if (items.has(item)) repeated += 1;
      else items.add(item);
    }
  });
  return { items: [...items], repeated, bad };
}
