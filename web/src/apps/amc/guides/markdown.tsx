import { Fragment, type ReactNode } from "react";

import { SqlView } from "../editor/sql-view";
import { blocksOf, type Block } from "./blocks";

// The part of Markdown that guides are written in; nothing of it is ever taken for markup of the page.

const inline = /(`[^`]+`|\*\*[^*]+\*\*|\*[^*\s][^*]*\*|_[^_\s][^_]*_(?!\w))/;

function words(text: string): ReactNode {
  return text.split(inline).map((part, index) => {
    if (part.startsWith("`") && part.endsWith("`") && part.length > 2) {
      return (
        <code key={index} className="rounded-3 bg-sunken px-3 font-mono text-12">
          {part.slice(1, -1)}
        </code>
      );
    }
    if (part.startsWith("**") && part.endsWith("**") && part.length > 4) return <strong key={index}>{part.slice(2, -2)}</strong>;
    if (index % 2 === 1 && /^[*_]/.test(part)) return <em key={index}>{part.slice(1, -1)}</em>;
    return <Fragment key={index}>{part}</Fragment>;
  });
}

const cellsOf = (line: string) => line.replaceAll(/^\||\|\s*$/g, "").split("|").map((cell) => cell.trim());

function Drawn({ block }: { block: Block }) {
  const items = block.lines.map((line) => line.replace(/^\s*(?:[-*]|\d+[.)])\s+/, ""));
  switch (block.kind) {
    case "code":
      return <SqlView sql={block.lines.join("\n")} />;
    case "heading":
      return <h3 className="text-16 font-semibold">{words((block.lines[0] ?? "").replace(/^#+\s+/, ""))}</h3>;
    case "list":
      return (
        <ul className="list-disc pl-21">
          {items.map((item, index) => (
            <li key={index}>{words(item)}</li>
          ))}
        </ul>
      );
    case "steps":
      return (
        <ol className="list-decimal pl-21">
          {items.map((item, index) => (
            <li key={index}>{words(item)}</li>
          ))}
        </ol>
      );
    case "table":
      return <Table lines={block.lines} />;
    default:
      return <p className="text-pretty">{words(block.lines.join(" "))}</p>;
  }
}

function Table({ lines }: { lines: readonly string[] }) {
  const [head = "", ...rest] = lines;
  const rows = rest.filter((line) => !/^\|[\s:|-]+\|?$/.test(line));
  return (
    <div tabIndex={0} role="group" className="overflow-x-auto">
      <table className="text-12">
        <thead>
          <tr>
            {cellsOf(head).map((cell, index) => (
              <th key={index} scope="col" className="border-b border-line py-5 pr-21 text-left font-medium text-muted">
                {words(cell)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((line, at) => (
            <tr key={at}>
              {cellsOf(line).map((cell, index) => (
                <td key={index} className="border-b border-line py-5 pr-21 align-top">
                  {words(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Markdown({ text }: { text: string }) {
  return (
    <div className="flex max-w-618 flex-col gap-13 text-16">
      {blocksOf(text).map((block, index) => (
        <Drawn key={index} block={block} />
      ))}
    </div>
  );
}
