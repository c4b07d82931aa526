import { describe, expect, it } from "vitest";

import type { Schema } from "@/apps/amc/editor/check-types";
import { explain } from "@/apps/amc/editor/explain";
import { diffLines } from "@/apps/amc/editor/line-diff";
import { mended } from "@/apps/amc/editor/mend";
import { searchSchema } from "@/apps/amc/editor/schema-search";
import { askedParameters, sqlLines, sqlWords } from "@/apps/amc/editor/sql-words";
import { size, took, windowDays } from "@/apps/amc/figures";
import { blocksOf } from "@/apps/amc/guides/blocks";
import { holdStyles, applyHeldStyles } from "@/apps/amc/monaco/strict-styles";
import { compareDeclared, declare } from "@/apps/amc/parameters/declare";
import { readList } from "@/apps/amc/parameters/list-values";
import { begin, errorOf, toSent } from "@/apps/amc/parameters/values";
import { nextSort } from "@/apps/amc/results/next-sort";
import { regionsOf, wholesOf } from "@/apps/amc/results/overlap";
import { flowOf, stepsOf } from "@/apps/amc/results/paths";
import { scaleOf, tallest } from "@/apps/amc/results/scroll-scale";
import { pagesOf } from "@/apps/amc/results/use-rows";
import { windowError } from "@/apps/amc/wizard/window-rules";

const parameter = declare("asins", "ARRAY_CONTAINS(CUSTOM_PARAMETER('asins'), asin)");

describe("a pasted list", () => {
  it("takes ASINs in any parting, each once, and names the line of what is none", () => {
    const { items, repeated, bad } = readList("b00test001, B00TEST002\n\"B00TEST001\"\nB00\tB00TEST003;B00TEST002\n", "asin");
    expect(items).toEqual(["B00TEST001", "B00TEST002", "B00TEST003"]);
    expect(repeated).toBe(2);
    expect(bad).toEqual([{ line: 3, text: "B00" }]);
  });

  it("keeps spaces inside a text, and refuses what is no whole number", () => {
    expect(readList("Spring sale\nAutumn, late", "text").items).toEqual(["Spring sale", "Autumn", "late"]);
    expect(readList("12 abc -7", "whole")).toEqual({ items: ["12", "-7"], repeated: 0, bad: [{ line: 1, text: "abc" }] });
  });

  it("holds a thousand ASINs and refuses one more", () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => `B${String(index).padStart(9, "0")}`);
    expect(errorOf(parameter, thousand.join("\n"))).toBeNull();
    expect(errorOf(parameter, [...thousand, "B999999999"].join("\n"))).toBe("At most 1000");
  });
});

describe("values of parameters", () => {
  const whole = { ...parameter, name: "least", kind: "plain" as const, data_type: "LONG" as const, list: false, min: 1, max_items: null };

  it("are sent in their types; what is empty is not sent", () => {
    const flag = { ...whole, name: "flag", data_type: "BOOLEAN" as const, min: null };
    const at = { ...whole, name: "at", data_type: "TIMESTAMP" as const, min: null };
    const none = { ...whole, name: "none", required: false };
    expect(toSent([whole, flag, at, none, parameter], { least: "12", flag: "true", at: "2026-09-01T00:00", none: " ", asins: "B00TEST001" })).toEqual({
      least: 12,
      flag: true,
      at: "2026-09-01T00:00:00",
      asins: ["B00TEST001"],
    });
  });

  it("keep the digits of a number too long for one", () => {
    expect(toSent([whole], { least: "9007199254740993" })).toEqual({ least: "9007199254740993" });
  });

  it("tell what is missing and what is out of range", () => {
    expect(errorOf(whole, "")).toBe("Give a value");
    expect(errorOf(whole, "1.5")).toBe("Enter a whole number");
    expect(errorOf(whole, "0")).toBe("At least 1");
    expect(errorOf({ ...whole, required: false }, "")).toBeNull();
  });

  it("begin with what was given, else with the default", () => {
    expect(begin([{ ...whole, default: 5 }, { ...parameter, default: ["B00TEST001", "B00TEST002"] }], { least: 7 })).toEqual({
      least: "7",
      asins: "B00TEST001\nB00TEST002",
    });
  });
});

describe("the words of a query", () => {
  const sql = "SELECT a, COUNT(*) -- 'x\nFROM t WHERE n = 'it''s' AND p = CUSTOM_PARAMETER('p')";

  it("are told apart and put together again without a loss", () => {
    expect(sqlWords(sql).map(({ text }) => text).join("")).toBe(sql);
    expect(sqlWords(sql).find(({ part }) => part === "string")?.text).toBe("'it''s'");
    expect(sqlWords(sql).find(({ part }) => part === "comment")?.text).toBe("-- 'x");
    expect(sqlLines(sql)).toHaveLength(2);
  });

  it("name the parameters asked for, but none in a comment", () => {
    expect(askedParameters("-- CUSTOM_PARAMETER('no')\nx = custom_parameter( 'yes' ) OR CUSTOM_PARAMETER('yes')")).toEqual(["yes"]);
    expect(compareDeclared(sql, [parameter])).toEqual({ missing: ["p"], unused: ["asins"] });
  });

  it("take a list where a list is asked for", () => {
    expect(parameter).toMatchObject({ list: true, kind: "asin_list", max_items: 1000 });
    expect(declare("country", "c = CUSTOM_PARAMETER('country')")).toMatchObject({ list: false, kind: "plain" });
    expect(declare("countries", "ARRAY_CONTAINS(CUSTOM_PARAMETER('countries'), c)")).toMatchObject({ list: true });
  });

  it("are mended where the finding says, over lines", () => {
    const range = { start_line: 2, start_column: 6, end_line: 2, end_column: 7 };
    const fix = { title: "Use it", text: "dsp_views", range };
    expect(mended("SELECT a\nFROM t\nGROUP BY a", { code: "AMC001", severity: "error", message: "", range, fix })).toBe("SELECT a\nFROM dsp_views\nGROUP BY a");
  });

});

describe("two versions", () => {
  it("differ line by line", () => {
    expect(diffLines("a\nb\nc", "a\nx\nc\nd").map(({ op, text }) => `${op} ${text}`)).toEqual(["same a", "remove b", "add x", "same c", "add d"]);
  });
});

const schema: Schema = {
  tables: [
    {
      name: "dsp_views",
      group: "dsp",
      description: "Viewable events",
      time_column: null,
      requires: null,
      sample: "",
      tags: [],
      columns: [
        { name: "campaign", type: "STRING", kind: "dimension", threshold: "LOW", unit: null, description: "Campaign name" },
        { name: "user_id", type: "STRING", kind: "id", threshold: "VERY_HIGH", unit: null, description: "A person" },
      ],
    },
    { name: "conversions", group: "conversions", description: "", time_column: null, requires: null, sample: "", tags: [], columns: [{ name: "campaign", type: "STRING", kind: "dimension", threshold: "LOW", unit: null, description: "Of the ad" }] },
  ],
  functions: [{ name: "NVL", signature: "NVL(a, b)", description: "The first that is there" }],
};

describe("the schema", () => {
  it("is searched by name, text and threshold", () => {
    expect(searchSchema(schema, { text: "views", kind: "", threshold: "" })[0]?.columns).toHaveLength(2);
    expect(searchSchema(schema, { text: "", kind: "", threshold: "VERY_HIGH" }).map(({ table }) => table.name)).toEqual(["dsp_views"]);
    expect(searchSchema(schema, { text: "person", kind: "dimension", threshold: "" })).toEqual([]);
  });

  it("explains a column of the tables in use, and lets no markup through", () => {
    expect(explain(schema, "campaign", "SELECT campaign FROM conversions")).toHaveLength(1);
    expect(explain(schema, "campaign", "SELECT ")).toHaveLength(2);
    expect(explain(schema, "user_id", "FROM dsp_views")[0]).toContain("user\\_id");
    expect(explain(schema, "nvl", "")[0]).toContain("NVL(a, b)");
  });
});

describe("pictures of a result", () => {
  it("read a path in each of its notations", () => {
    expect(stepsOf("[[2, Search], [1, Display]]")).toEqual(["Display", "Search"]);
    expect(stepsOf("Display > Search -> Video")).toEqual(["Display", "Search", "Video"]);
    expect(stepsOf('["Display", "Search"]')).toEqual(["Display", "Search"]);
  });

  it("lay paths into steps and add up those who went on", () => {
    const { nodes, links } = flowOf([
      ["A > B", 3],
      ["A > B > A", 2],
      ["A", 5],
      ["B > A", null],
    ]);
    expect(nodes.map(({ name }) => name)).toEqual(["1. A", "2. B", "3. A"]);
    expect(links).toEqual([
      { source: "1. A", target: "2. B", value: 5 },
      { source: "2. B", target: "3. A", value: 2 },
    ]);
  });

  it("know what sets share, and the whole of each", () => {
    const regions = regionsOf([[true, false, 10], [true, true, 4], [false, "true", 3], [false, false, 99]], 2, 2);
    expect(regions).toEqual([
      { sets: [0], value: 10 },
      { sets: [1], value: 3 },
      { sets: [0, 1], value: 4 },
    ]);
    expect(wholesOf(regions, 2)).toEqual([14, 7]);
  });
});

describe("a million rows", () => {
  it("are read in the windows where one looks", () => {
    expect(pagesOf(0, 40)).toEqual([0]);
    expect(pagesOf(480, 520)).toEqual([0, 1]);
    expect(pagesOf(999_990, 999_999)).toEqual([1999]);
  });

  it("scroll to their very end on a shorter scale", () => {
    const [whole, view] = [26_000_000, 600];
    const scale = scaleOf(whole, view);
    expect((tallest - view) * scale).toBeCloseTo(whole - view);
    expect(scaleOf(1000, view)).toBe(1);
  });

  it("are sorted up, down, and as they came", () => {
    expect(nextSort("", "a")).toBe("a");
    expect(nextSort("a", "a")).toBe("-a");
    expect(nextSort("-a", "a")).toBe("");
    expect(nextSort("b", "a")).toBe("a");
  });
});

describe("windows and figures", () => {
  it("refuse what AMC does not keep", () => {
    expect(windowError({ kind: "rolling", days: 0, lag_days: null })).not.toBeNull();
    expect(windowError({ kind: "rolling", days: 395, lag_days: 2 })).toBeNull();
    expect(windowError({ kind: "explicit", start: "2026-09-02T00:00:00", end: "2026-09-01T00:00:00" })).not.toBeNull();
    expect(windowError({ kind: "calendar", unit: "month", back: 1 })).toBeNull();
  });

  it("are written as one says them", () => {
    expect(windowDays("2026-10-01T00:00:00", "2026-11-01T00:00:00")).toBe(31);
    expect(took("2026-01-01T00:00:00Z", "2026-01-01T00:03:05Z")).toBe("3 min 5 s");
    expect(size(1_400_000)).toBe("1.4 MB");
  });
});

describe("the editor under the strict policy", () => {
  it("has no style attribute in its markup; they are applied by script", () => {
    const html = holdStyles('<div class="a" style="top:3px;height:21px"><span style="width:8px">x</span></div>');
    expect(html).not.toContain(' style="');
    const place = document.createElement("div");
    place.innerHTML = html;
    applyHeldStyles(place)();
    expect(place.querySelector("div")?.style.top).toBe("3px");
    expect(place.querySelector("span")?.style.width).toBe("8px");
  });
});

describe("the Markdown of guides", () => {
  it("is cut into blocks; an item of a list may run on", () => {
    expect(blocksOf("# Head\ntext\nmore\n\n- one\n  goes on\n- two\n\n```sql\nSELECT 1\n```\n| a | b |\n|---|---|\n| 1 | 2 |")).toEqual([
      { kind: "heading", lines: ["# Head"] },
      { kind: "paragraph", lines: ["text", "more"] },
      { kind: "list", lines: ["- one goes on", "- two"] },
      { kind: "code", lines: ["SELECT 1"] },
      { kind: "table", lines: ["| a | b |", "|---|---|", "| 1 | 2 |"] },
    ]);
  });
});
