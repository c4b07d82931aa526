import { describe, expect, it } from "vitest";

import { channelError, conditionOf, withColumn } from "@/apps/amc/alerts/condition-draft";
import { conditionText } from "@/apps/amc/alerts/condition-words";
import { differences, draftOf, mappingFits } from "@/apps/amc/clients/mapping-draft";
import { brandChoices } from "@/apps/amc/catalogue/use-brands";
import { scaleTime } from "@/apps/amc/recurring/calendar-scale";
import { readsOlder, startFromRun } from "@/apps/amc/recurring/plan";
import { rhythmText, withoutDates } from "@/apps/amc/recurring/rhythm-words";
import { weightColumn, yesNoColumns } from "@/apps/amc/results/guess";
import { stepsOf } from "@/apps/amc/results/paths";
import { cellText, placesOf } from "@/apps/amc/results/cells";
import { daysOfAll, latelyOf, meetsData, windowWithData } from "@/apps/amc/wizard/data-days";
import { windowText } from "@/apps/amc/figures";

import { client, run } from "./fixtures/amc";

describe("a rhythm in words", () => {
  it.each([
    [{ kind: "cron", expression: "0 6 * * 1" }, "Every Monday at 06:00"],
    [{ kind: "cron", expression: "5 7 * * *" }, "Every day at 07:05"],
    [{ kind: "cron", expression: "0 6 * * 1-5" }, "From Monday to Friday at 06:00"],
    [{ kind: "cron", expression: "30 23 15 * *" }, "On day 15 of each month at 23:30"],
    // Day and weekday are joined by "or": no plain sentence says that.
    [{ kind: "cron", expression: "0 6 1 * 1" }, "By the cron fields 0 6 1 * 1"],
    [{ kind: "cron", expression: "*/5 * * * *" }, "By the cron fields */5 * * * *"],
    [{ kind: "every_days", days: 14, anchor_on: "2026-11-20", at: "06:00" }, "Every 14 days at 06:00, counted from 20 Nov 2026"],
    [{ kind: "business_day", nth: -1, at: "18:00" }, "On the last working day of each month at 18:00"],
    [{ kind: "after_data", unit: "week", lag_days: 2, at: "06:00" }, "2 days after each week has ended, at 06:00"],
  ] as const)("%j", (rhythm, text) => {
    expect(rhythmText(rhythm)).toBe(text);
  });
});

describe("a schedule made from a run", () => {
  it("does not carry the run's dates in its name", () => {
    expect(withoutDates("Kettles - Reach - 2026-10-01 - 2026-10-31")).toBe("Kettles - Reach");
    expect(withoutDates("Kettles - Reach (2026-10-01 – 2026-10-31)")).toBe("Kettles - Reach");
    expect(withoutDates("Top 2026 sellers")).toBe("Top 2026 sellers");
    const workflow = { id: "w", name: "Reach - 2026-10-01 - 2026-10-31" };
    expect(startFromRun(run, workflow).plan.name).toBe("Kettles - Reach");
  });

  it("reads as many days up to lately where the run read fixed dates", () => {
    const dated = { ...run, window_rule: { kind: "explicit" as const, start: run.window_start, end: run.window_end } };
    expect(startFromRun(dated, { id: "w", name: "W" }).plan.window).toEqual({ kind: "rolling", days: 30, lag_days: null });
    expect(startFromRun(run, { id: "w", name: "W" }).plan.window).toEqual(run.window_rule);
  });
});

describe("the rhythm a schedule begins with", () => {
  it.each([
    [{ kind: "calendar", unit: "month", back: 1 }, "month"],
    [{ kind: "calendar", unit: "quarter", back: 1 }, "quarter"],
    [{ kind: "rolling", days: 30, lag_days: null }, "month"],
    [{ kind: "rolling", days: 14, lag_days: null }, "week"],
    [{ kind: "rolling", days: 1, lag_days: null }, "day"],
  ] as const)("follows what is read: %j", (window, unit) => {
    const start = startFromRun({ ...run, window_rule: window }, { id: "w", name: "W" });
    expect(start.plan.rhythm).toMatchObject({ kind: "after_data", unit });
  });
});

describe("the window a schedule begins with", () => {
  const twoBack = { kind: "calendar", unit: "month", back: 2 } as const;

  it("is the period that has just ended, however far back the run's was", () => {
    const { plan } = startFromRun({ ...run, window_rule: twoBack }, { id: "w", name: "W" });
    expect(plan.window).toEqual({ kind: "calendar", unit: "month", back: 1 });
    expect(readsOlder(plan.rhythm, plan.window)).toBe(false);
    expect(readsOlder(plan.rhythm, twoBack)).toBe(true);
    expect(readsOlder(plan.rhythm, { ...twoBack, unit: "week" })).toBe(false);
  });
});

describe("days in words", () => {
  it("names whole days by the first and the last", () => {
    expect(windowText("2026-10-01T00:00:00", "2026-11-01T00:00:00")).toBe("1 Oct 2026 – 31 Oct 2026");
    expect(windowText("2026-10-01", "2026-10-02")).toBe("1 Oct 2026");
    expect(windowText("2026-10-01T06:00:00", "2026-11-01T00:00:00")).toBe("1 Oct 2026, 06:00 – 1 Nov 2026");
  });
});

describe("the decimals of a column", () => {
  it("are as many as its longest number needs", () => {
    const rows = [[1, 2.5], [3, 0.125], [null, 7]];
    expect([placesOf(rows, 0), placesOf(rows, 1)]).toEqual([0, 3]);
    expect(rows.map((row) => cellText(row[1] ?? null, 3))).toEqual(["2.500", "0.125", "7.000"]);
  });
});

describe("the window that is offered first", () => {
  const days = { data_first_on: "2026-08-01", data_last_on: "2026-10-31" };

  it("is the last whole month with data, as far back as that lies", () => {
    expect(windowWithData(days, "2026-11-21")).toEqual({ kind: "calendar", unit: "month", back: 1 });
    expect(windowWithData(days, "2027-02-10")).toEqual({ kind: "calendar", unit: "month", back: 4 });
    expect(windowWithData({ ...days, data_last_on: "2026-10-20" }, "2026-11-21")).toEqual({ kind: "calendar", unit: "month", back: 2 });
  });

  it("is all the days there are when no month is whole, and the usual one when nobody told or data reach up to lately", () => {
    const few = { data_first_on: "2026-10-05", data_last_on: "2026-10-20" };
    expect(windowWithData(few, "2026-11-21")).toEqual({ kind: "explicit", start: "2026-10-05T00:00:00", end: "2026-10-21T00:00:00" });
    expect(windowWithData(client, "2026-11-21")).toBeUndefined();
    expect(windowWithData({ ...days, data_last_on: "2026-11-19" }, "2026-11-21")).toBeUndefined();
  });

  it("counts back from the last day with data, of all clients together", () => {
    const none = { data_first_on: null, data_last_on: null };
    const later = { data_first_on: "2026-09-01", data_last_on: "2026-11-10" };
    expect(daysOfAll([days, later])).toEqual({ data_first_on: "2026-08-01", data_last_on: "2026-11-10" });
    expect(daysOfAll([days, none])).toEqual(none);
    expect(daysOfAll([])).toEqual(none);
    expect([latelyOf(days, "2026-11-21"), latelyOf(none, "2026-11-21"), latelyOf(days, "2026-10-02")]).toEqual(["2026-11-01", "2026-11-21", "2026-10-02"]);
  });

  it("lies beside the data only when they have no day in common", () => {
    expect(meetsData(days, { start: "2026-11-01T00:00:00", end: "2026-11-20T00:00:00" })).toBe(false);
    expect(meetsData(days, { start: "2026-10-31T00:00:00", end: "2026-11-20T00:00:00" })).toBe(true);
    expect(meetsData(days, { start: "2026-07-01T00:00:00", end: "2026-08-01T00:00:00" })).toBe(false);
    expect(meetsData(client, { start: "2020-01-01T00:00:00", end: "2020-02-01T00:00:00" })).toBe(true);
  });
});

describe("a condition", () => {
  const columns = run.columns ?? [];

  it("is read back as a sentence", () => {
    expect(conditionText({ column: "impressions", aggregate: "sum", op: "<", value: 1000 })).toBe("Sum of impressions is below 1,000");
    expect(conditionText({ column: null, aggregate: "count", op: "=", value: 0 })).toBe("The number of rows is exactly 0");
  });

  it("adds up numbers only, and counts what is text", () => {
    const sum = { column: "impressions", aggregate: "sum" as const, op: "<" as const, value: "1" };
    expect(withColumn(sum, "campaign", columns).aggregate).toBe("count");
    expect(withColumn({ ...sum, aggregate: "distinct" }, "campaign", columns).aggregate).toBe("distinct");
    expect(withColumn(sum, "impressions", columns).aggregate).toBe("sum");
  });

  it("needs a number, and takes a decimal comma", () => {
    const draft = { column: "", aggregate: "sum" as const, op: ">" as const, value: "0,25" };
    expect(conditionOf(draft)).toEqual({ column: null, aggregate: "count", op: ">", value: 0.25 });
    expect(conditionOf({ ...draft, value: "many" })).toBeNull();
    expect(conditionOf({ ...draft, value: " " })).toBeNull();
  });

  it("is told to addresses only", () => {
    expect(channelError({ kind: "mail", to: "ada@example.com" })).toBeNull();
    expect(channelError({ kind: "mail", to: "ada" })).toBe("mail");
    expect(channelError({ kind: "webhook", url: "https://example.com/hook" })).toBeNull();
    expect(channelError({ kind: "webhook", url: "ftp://example.com" })).toBe("webhook");
  });
});

describe("what comes next on a line of time", () => {
  it("places firings and windows between the first day and the last", () => {
    const scale = scaleTime({
      firings: ["2026-11-11T00:00:00Z", "2026-11-21T00:00:00Z"],
      windows: [{ start: "2026-11-01T00:00:00", end: "2026-11-06T00:00:00" }],
    });
    expect(scale?.firings).toEqual([0.5, 1]);
    expect(scale?.windows).toEqual([{ from: 0, to: 0.25 }]);
    expect(scaleTime({ firings: [], windows: [] })).toBeNull();
  });

  it("names few enough months, in their order", () => {
    const scale = scaleTime({ firings: ["2026-01-15T00:00:00Z", "2028-06-15T00:00:00Z"], windows: [] });
    expect(scale?.months.length).toBeLessThanOrEqual(8);
    expect(scale?.months[0]?.label).toBe("Feb");
  });
});

describe("a client's mapping", () => {
  const brand = { name: "Kettles", asins: ["B00TEST001"], campaign_ids: ["57"] };

  it("is sent only when each name is there once and each line is an ASIN", () => {
    const draft = draftOf(brand);
    expect(mappingFits([draft])).toBe(true);
    expect(mappingFits([draft, draft])).toBe(false);
    expect(mappingFits([{ ...draft, name: " " }])).toBe(false);
    expect(mappingFits([{ ...draft, asins: "B00TEST001\nB00" }])).toBe(false);
  });

  it("tells where two savings differ", () => {
    const mine = [draftOf(brand), draftOf({ ...brand, name: "Pans" })];
    const found = differences(mine, [{ ...brand, asins: [] }, { ...brand, name: "Pans" }, { ...brand, name: "Lids" }]);
    expect(found.map(({ name }) => name)).toEqual(["Kettles", "Lids"]);
  });

  it("offers the largest brands, and the chosen one however small", () => {
    const brands = Array.from({ length: 40 }, (_, index) => ({ name: `B${index}`, asins: index, campaigns: 0 }));
    const names = brandChoices(brands, "asins", "B1").map(({ value }) => value);
    expect(names).toHaveLength(31);
    expect(names).toContain("B39");
    expect(names).toContain("B1");
    expect(names).not.toContain("B2");
  });
});

describe("what a picture begins with", () => {
  const number = (name: string) => ({ name, type: "LONG" });

  it("names the steps of a path without the places they carry, in their order", () => {
    expect(stepsOf("1 Streaming TV > 2 Display")).toEqual(["Streaming TV", "Display"]);
    expect(stepsOf("2 Display > 1 Streaming TV")).toEqual(["Streaming TV", "Display"]);
    // A number that is part of a name stays.
    expect(stepsOf("7 Up > Display")).toEqual(["7 Up", "Display"]);
    expect(stepsOf("5 Seconds > 9 Lives")).toEqual(["5 Seconds", "9 Lives"]);
  });

  it("counts people before anything else, and never adds up rates or what it lies along", () => {
    expect(weightColumn({ words: [], numbers: ["in_first", "in_second", "users", "purchase_rate"].map(number) })).toBe("users");
    expect(weightColumn({ words: [], numbers: ["hour_of_day", "impressions", "click_rate"].map(number) }, "hour_of_day")).toBe("impressions");
    expect(weightColumn({ words: [], numbers: ["click_rate"].map(number) })).toBe("click_rate");
    expect(weightColumn({ words: [], numbers: [] })).toBe("");
  });

  it("takes as groups what says yes or no in every row", () => {
    const columns = ["in_first", "in_second", "users"].map(number);
    expect(yesNoColumns(columns, [[1, "0", 929], [0, 1, 721]])).toEqual(["in_first", "in_second"]);
    expect(yesNoColumns(columns, [])).toEqual([]);
  });
});
