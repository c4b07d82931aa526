import { describe, expect, it } from "vitest";

import { partsOf } from "@/apps/amc/boards/chart-of";
import { bodyOf, freshMeasure, isWhole, movedTo } from "@/apps/amc/boards/draft";
import { changeText, direction, figureText } from "@/apps/amc/boards/figure-text";
import { linesOf } from "@/apps/amc/boards/lines";
import { groupingOf, lastSegments, periodOf, segmentCount, usableGroupings, usablePresets } from "@/apps/amc/boards/period";
import { frozenTiles, partTiles, tilesOf } from "@/apps/amc/boards/shown";
import type { ShownMeasure, ShownTile } from "@/apps/amc/boards/types";
import { spanText } from "@/apps/amc/boards/span-text";
import { addDays, beginOf, dayAt, daysBetween, moved } from "@/apps/amc/collections/days";
import { gridOf, headsOf } from "@/apps/amc/collections/segment-rows";
import { lagOf, lastUnits, planned, ruleFault, segmentsOf } from "@/apps/amc/collections/segments";
import { typedOf } from "@/apps/amc/collections/typed-of";

import { run } from "./fixtures/amc";
import { board, collection, figures, segments, shared } from "./fixtures/amc-boards";

const none = { kind: "none", value: null } as const;
const rule = (unit: "day" | "week" | "month" | "quarter" | "once", from: string, to: string, start = 1) => ({ unit, from, to, week_starts_on: start });

describe("calendar days", () => {
  it("begin units where they begin, over years and leap days", () => {
    expect(beginOf("2026-11-22", "week")).toBe("2026-11-16");
    expect(beginOf("2026-11-22", "week", 7)).toBe("2026-11-22");
    expect(beginOf("2026-11-21", "week", 7)).toBe("2026-11-15");
    expect(beginOf("2026-02-14", "quarter")).toBe("2026-01-01");
    expect(moved("2026-01-01", "month", -1)).toBe("2025-12-01");
    expect(moved("2026-10-01", "quarter", 1)).toBe("2027-01-01");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
    expect(daysBetween("2026-03-28", "2026-03-30")).toBe(2);
  });

  it("are told by the zone", () => {
    const instant = Date.parse("2026-11-21T23:30:00Z");
    expect(dayAt(instant, "Europe/Berlin")).toBe("2026-11-22");
    expect(dayAt(instant, "America/New_York")).toBe("2026-11-21");
  });
});

describe("what a collection comes to", () => {
  const today = "2026-11-21";
  const of = (given: Parameters<typeof segmentsOf>[0]["rule"], continuing = false) => segmentsOf({ rule: given, continuing, today });

  it("holds whole units, from the one that holds the first day", () => {
    expect(of(rule("week", "2026-11-04", "2026-11-16"))).toEqual([
      { start: "2026-11-02", end: "2026-11-09" },
      { start: "2026-11-09", end: "2026-11-16" },
    ]);
    expect(of({ ...rule("week", "2026-11-02", ""), to: null }).at(-1)).toEqual({ start: "2026-11-09", end: "2026-11-16" });
    expect(of(rule("once", "2026-11-03", "2026-11-11"))).toEqual([{ start: "2026-11-03", end: "2026-11-11" }]);
  });

  it("has the unit that is running when it goes on", () => {
    const open = { ...rule("month", "2026-10-01", ""), to: null };
    expect(of(open)).toHaveLength(1);
    expect(of(open, true).at(-1)).toEqual({ start: "2026-11-01", end: "2026-12-01" });
  });

  it("tells from which day each is settled", () => {
    const [first, last] = planned({ rule: rule("week", "2026-11-02", "2026-11-16"), continuing: false, today }, 2);
    expect([first?.settles, last?.settles]).toEqual(["2026-11-11", "2026-11-18"]);
    expect(lagOf("SELECT 1 FROM amazon_attributed_events_by_traffic_time", [])).toBe(14);
    expect(lagOf("SELECT 1 FROM dsp_impressions", [])).toBe(2);
    expect(lagOf("SELECT 1 FROM {{source}}", ["dsp_views", "amazon_attributed_events_by_traffic_time"])).toBe(14);
  });

  it("says why it cannot be", () => {
    const fault = (given: Parameters<typeof segmentsOf>[0]["rule"], continuing = false) => ruleFault({ rule: given, continuing, today });
    expect(fault(rule("week", "", "2026-11-16"))).toBe("days");
    expect(fault({ ...rule("once", "2026-11-02", ""), to: null })).toBe("days");
    expect(fault(rule("week", "2026-11-16", "2026-11-16"))).toBe("order");
    expect(fault(rule("week", "2025-01-06", "2026-11-16"))).toBe("past");
    expect(fault(rule("week", "2026-12-07", "2026-12-14"))).toBe("future");
    expect(fault({ ...rule("month", "2026-11-01", ""), to: null })).toBe("none");
    expect(fault({ ...rule("month", "2026-11-01", ""), to: null }, true)).toBeNull();
  });

  it("begins with the last whole units", () => {
    expect(lastUnits("week", 12, { until: "2026-11-21", first: null })).toEqual(rule("week", "2026-08-24", "2026-11-16"));
    expect(lastUnits("week", 12, { until: "2026-11-01", first: "2026-10-06" })).toEqual(rule("week", "2026-10-12", "2026-10-26"));
    expect(lastUnits("month", 6, { until: "2026-11-01", first: "2026-10-20" })).toEqual(rule("month", "2026-10-01", "2026-11-01"));
  });

  it("leaves to each client what the mapping of one gave", () => {
    const parameter = { list: false, data_type: "STRING", kind: "plain", default: null } as const;
    const parameters = ["brand", "limit"].map((name) => ({ ...parameter, name })) as unknown as typeof run.parameters;
    const values = { brand: "Kettles", limit: "7" };
    expect(typedOf(parameters, { ...run, values, value_sources: { brand: "mapping:Kettles", limit: "given" } })).toEqual({ limit: "7" });
    expect(typedOf(parameters, null)).toEqual({});
  });
});

describe("the grid of segments", () => {
  it("lays clients down and time across, in order, with gaps where a client has none", () => {
    const second = { id: "other", name: "Other" };
    const late = segments[0];
    if (late === undefined) throw new Error("no segment");
    const grid = gridOf([...segments, { ...late, id: "more", instance: second }], [...collection.clients, second]);
    expect(grid.columns.map(({ start }) => start.slice(0, 10))).toEqual(["2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16"]);
    expect(grid.rows[0]?.cells.map((cell) => cell?.state)).toEqual(["settled", "failed", "provisional", "waiting"]);
    expect(grid.rows[1]?.cells.map((cell) => cell?.id)).toEqual([undefined, undefined, undefined, "more"]);
    expect(headsOf(grid.columns, "week")).toEqual([
      { text: "2026-10", span: 1 },
      { text: "2026-11", span: 3 },
    ]);
  });
});

describe("the period of a dashboard", () => {
  const today = "2026-11-21";
  const weeks = rule("week", "2026-01-05", "2026-11-16");

  it("offers presets that are shorter than all there is", () => {
    expect(segmentCount(weeks, today)).toBe(45);
    expect(usablePresets(weeks, today)).toEqual([1, 4, 12, 26, 45]);
    expect(usablePresets(rule("week", "2026-11-02", "2026-11-16"), today)).toEqual([1, 2]);
    expect(segmentCount(rule("month", "2025-11-01", "2026-11-01"), today)).toBe(12);
  });

  it("counts back from the last segment that is over and never before the first", () => {
    expect(lastSegments(weeks, 4, today)).toEqual({ from: "2026-10-19", to: "2026-11-16" });
    expect(lastSegments(weeks, 100, today)).toEqual({ from: "2026-01-05", to: "2026-11-16" });
    expect(lastSegments(rule("week", "2026-10-05", "2026-11-23"), 2, today)).toEqual({ from: "2026-11-02", to: "2026-11-16" });
    expect(lastSegments(rule("month", "2026-11-01", "2026-12-01"), 4, today)).toEqual({ from: "2026-11-01", to: "2026-12-01" });
    expect(lastSegments(rule("quarter", "2025-10-01", "2026-10-01"), 2, today)).toEqual({ from: "2026-04-01", to: "2026-10-01" });
    expect(lastSegments(rule("once", "2026-11-03", "2026-11-11"), 4, today)).toEqual({ from: "2026-11-03", to: "2026-11-11" });
  });

  it("takes what the address asks for, mended", () => {
    expect(periodOf(weeks, today, "2026-03-02", "2026-03-09")).toEqual({ from: "2026-03-02", to: "2026-03-09" });
    expect(periodOf(weeks, today, "2026-03-09", "2026-03-02")).toEqual(lastSegments(weeks, 12, today));
    expect(periodOf(null, today, undefined, undefined)).toEqual({});
  });

  it("puts segments together to longer steps only", () => {
    expect(usableGroupings("day")).toEqual(["segment", "week", "month", "quarter"]);
    expect(usableGroupings("month")).toEqual(["segment", "quarter"]);
    expect(usableGroupings("once")).toEqual(["segment"]);
    expect(groupingOf("week", "month")).toBe("segment");
  });
});

describe("figures in words", () => {
  it("never invent a percentage", () => {
    expect(changeText({ kind: "new", value: null })).toBe("new");
    expect(changeText(none)).toBe("n/a");
    expect(changeText({ kind: "percent", value: null })).toBe("n/a");
    expect(changeText({ kind: "percent", value: 12.54 })).toBe("+12.5 %");
    expect(changeText({ kind: "percent", value: -100 })).toBe("−100 %");
    expect(changeText({ kind: "percent", value: 0.01 })).toBe("±0 %");
    expect(direction({ kind: "percent", value: -3 })).toBe("down");
    expect(direction({ kind: "new", value: null })).toBeNull();
  });

  it("are read as their measure says", () => {
    expect(figureText(null, "number")).toBe("–");
    expect(figureText(1234567, "number")).toBe("1,234,567");
    expect(figureText(0.0125, "percent")).toBe("1.25 %");
    expect(figureText(12.5, "money")).toBe("12.50");
    expect(figureText(2.78374, "decimal")).toBe("2.7837");
  });

  it("tell a stretch of time in as few words as it takes", () => {
    expect(spanText({ start: "2026-09-01T00:00:00", end: "2026-10-01T00:00:00" })).toMatch(/^Sept? 2026$/);
    expect(spanText({ start: "2026-07-01", end: "2026-10-01" })).toBe("Q3 2026");
    expect(spanText({ start: "2026-11-02", end: "2026-11-09" })).toBe("2 Nov 26");
    expect(spanText({ start: "2026-11-02", end: "2026-11-03" })).toBe("2 Nov");
    expect(spanText({ start: "2026-11-02", end: "2026-11-12" })).toBe("2 Nov 2026 – 11 Nov 2026");
  });
});

describe("the tiles", () => {
  it("join measures with their figures, in the order of the layout", () => {
    const tiles = tilesOf(board, { ...figures, measures: figures.measures.slice(0, 2) }, true);
    expect(tiles.map(({ measure, chart, width }) => [measure.label, chart, width])).toEqual([
      ["Impressions", "card", 1],
      ["Reach", "table", 2],
    ]);
    const places = (bySegment: boolean) => tilesOf(board, figures, bySegment)[0]?.measure.series.map(({ start, value }) => [start.slice(5, 10), value]);
    expect(places(true)).toEqual([["10-26", 1200], ["11-02", null], ["11-09", 900]]);
    expect(places(false)).toHaveLength(2);
    expect(frozenTiles(shared).map(({ measure }) => measure.label)).toEqual(["Impressions"]);
  });

  it("draw a line a client where clients cannot be added up", () => {
    const own = [{ start: "2026-11-02", end: "2026-11-09", value: 7, provisional: false }];
    const apart = { total: null, base: null, change: none, series: own };
    const measure = { label: "Reach", kind: "distinct", format: "number", total: null, base: null, reason: "reach" as const, change: none };
    const hollow = own.map((each) => ({ ...each, value: null }));
    expect(linesOf({ ...measure, series: hollow, clients: [{ name: "A", ...apart }, { name: "B", ...apart }] }).map(({ name }) => name)).toEqual(["A", "B"]);
    expect(linesOf({ ...measure, series: own, clients: [{ name: "A", ...apart }] }).map(({ name }) => name)).toEqual(["Reach"]);
  });

  it("say each reason once, and nothing in place of a figure", () => {
    const point = { start: "2026-11-02", end: "2026-11-09", value: 7, provisional: false };
    const reach = { label: "Reach", kind: "distinct", format: "number", total: null, base: null, reason: "reach" as const, change: none, clients: [] };
    const [drawn, dumb] = [{ ...reach, series: [point] }, { ...reach, label: "Buyers", series: [{ ...point, value: null }] }];
    const cost = { ...reach, label: "Cost", reason: null, total: 3, series: [] };
    const tile = (key: string, measure: ShownMeasure, chart: "card" | "line") => ({ key, measure, chart, width: 1 });
    const tiles = [tile("a-b-0", drawn, "card"), tile("c-1", dumb, "card"), tile("d-2", cost, "card"), tile("a-b-3", drawn, "line"), tile("c-4", dumb, "line")];
    const { shown, silent } = partTiles(tiles);
    expect(shown.map(({ key }) => key)).toEqual(["d-2", "a-b-3"]);
    expect(silent.map(({ label }) => label)).toEqual(["Buyers"]);
    expect(partTiles(tiles.slice(0, 1)).shown.map(({ key }) => key)).toEqual(["a-b-0"]);
  });

  it("say a total once: on the card, where there is one", () => {
    const measure = { label: "Cost", kind: "sum", format: "money", total: 3, base: null, reason: null, change: none, clients: [], series: [] };
    const tile = (key: string, chart: "card" | "line") => ({ key, measure, chart, width: 1 });
    const carded = (...tiles: ShownTile[]) => partTiles(tiles).shown.map(({ key, carded: already }) => [key, already]);
    expect(carded(tile("cost-0", "card"), tile("sales-1", "line"), tile("cost-2", "line"))).toEqual([
      ["cost-0", false],
      ["sales-1", false],
      ["cost-2", true],
    ]);
    expect(carded(tile("cost-0", "line"))).toEqual([["cost-0", false]]);
  });

  it("part what is provisional from what is settled, joined where they meet", () => {
    const value = (number: number, provisional: boolean) => ({ start: "", end: "", value: number, provisional });
    expect(partsOf([value(1, false), value(2, false), value(3, true)])).toEqual({ settled: [1, 2, null], provisional: [null, 2, 3] });
  });
});

describe("measures being edited", () => {
  it("go back as they came, without the places of those taken away", () => {
    expect(bodyOf(board.measures, board.layout)).toEqual({ measures: board.measures, layout: board.layout });
    expect(bodyOf(board.measures.slice(0, 1), board.layout).layout).toEqual(board.layout.slice(0, 1));
  });

  it("need what their kind needs", () => {
    expect(movedTo(["a", "b", "c"], 0, 2)).toEqual(["b", "c", "a"]);
    expect(movedTo(["a"], 0, 1)).toEqual(["a"]);
    const fresh = freshMeasure(["clicks"], ["measure_2"]);
    expect(fresh.id).toBe("measure_3");
    expect(isWhole(fresh)).toBe(true);
    expect(isWhole({ ...fresh, kind: "ratio" })).toBe(false);
    expect(bodyOf([{ ...fresh, kind: "ratio", numerator: "a", denominator: "b" }], []).measures[0]?.column).toBeNull();
  });
});
