import { render, screen } from "@testing-library/react";
import { createRef } from "react";
import { describe, expect, it, vi } from "vitest";

import type { Finding, Range } from "@/apps/amc/editor/check-types";
import type { EditorHandle } from "@/apps/amc/editor/editor-props";
import { mended } from "@/apps/amc/editor/mend";
import { offsetOf, plainBreaks } from "@/apps/amc/editor/offsets";
import PlainEditor from "@/apps/amc/editor/plain-editor";
import { askedParameters, sqlLines } from "@/apps/amc/editor/sql-words";
import { SqlView } from "@/apps/amc/editor/sql-view";

const party = "🎉";

function findingOf(line: number, from: number, to: number): Finding {
  const range: Range = { start_line: line, start_column: from, end_line: line, end_column: to };
  return { code: "AMC001", severity: "error", message: "", range, fix: { title: "Use it", text: "dsp_views", range } };
}

describe("places in a query", () => {
  it.each(["\n", "\r\n", "\r"])("are the same whatever its lines end with (%j)", (end) => {
    const sql = `SELECT '${party}',${end} '${party}' FROM dsp_viewz -- ${party}${end}WHERE TRUE`;
    // "'", two units, "'" and " FROM " stand before, and a blank.
    expect(mended(sql, findingOf(2, 12, 21))).toBe(`SELECT '${party}',\n '${party}' FROM dsp_views -- ${party}\nWHERE TRUE`);
    expect(plainBreaks(sql).slice(offsetOf(plainBreaks(sql), 2, 12)).startsWith("dsp_viewz")).toBe(true);
    expect(sqlLines(sql).map((words) => words.map(({ text }) => text).join(""))).toEqual(plainBreaks(sql).split("\n"));
    expect(askedParameters(`-- CUSTOM_PARAMETER('a')${end}CUSTOM_PARAMETER('b')`)).toEqual(["b"]);
  });

  it("are reached in the plain field of a phone", () => {
    const handle = createRef<EditorHandle>();
    const changed = vi.fn();
    const sql = `SELECT '${party}',\r\n '${party}' FROM dsp_viewz`;
    render(<PlainEditor ref={handle} value={sql} onChange={changed} label="Query" findings={[]} schema={undefined} parameters={[]} />);
    const field = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Query" });
    handle.current?.reveal(2, 12);
    expect(field.value.slice(field.selectionStart)).toBe("dsp_viewz");
    handle.current?.insert("x");
    expect(changed).toHaveBeenCalledWith(`SELECT '${party}',\n '${party}' FROM xdsp_viewz`);
  });

  it("are marked under what stands before them, as wide as that is", () => {
    const { container } = render(<SqlView sql={`SELECT 1\r\n\t'${party}', lost`} mark={{ line: 2, column: 8 }} />);
    const mark = container.querySelector("#marked-line [aria-hidden].block");
    expect(mark?.textContent).toBe(`\t'${party}', ^`);
  });
});
