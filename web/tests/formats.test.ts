import { describe, expect, it } from "vitest";

import { newId } from "@/kernel/ids";
import { formatMoney, parseMoney, plainMoney } from "@/kernel/money";
import { fragmentToken, safeReturn } from "@/kernel/return-to";
import { formatDuration, formatExact, formatInstant, formatLogged } from "@/kernel/time";
import { findLinks } from "@/platform/notifications/links";
import { readSort, toCsv, writeSort, type Column } from "@/ui/table/columns";

describe("money", () => {
  it.each([
    [123450, "EUR", "€1,234.50"],
    [5, "EUR", "€0.05"],
    [-1250, "EUR", "-€12.50"],
    [500, "JPY", "JP¥500"],
    [1234, "KWD", "KWD 1.234"],
    [9007199254740991, "EUR", "€90,071,992,547,409.91"],
  ])("%d minor units of %s read %s", (minor, currency, text) => {
    expect(formatMoney(minor, currency).replaceAll("\u00a0", " ")).toBe(text);
  });

  it.each([
    ["12.5", "EUR", 1250],
    ["1,234.56", "EUR", 123456],
    ["0.1", "EUR", 10],
    ["12.345", "EUR", null],
    ["500", "JPY", 500],
    ["500.5", "JPY", null],
    ["-3", "EUR", null],
    ["1e3", "EUR", null],
    ["", "EUR", null],
  ])("%j in %s is %s minor units", (text, currency, minor) => {
    expect(parseMoney(text, currency)).toBe(minor);
  });

  it("comes back from its plain form", () => {
    for (const minor of [0, 1, 99, 100, 123456]) expect(parseMoney(plainMoney(minor, "EUR"), "EUR")).toBe(minor);
  });
});

describe("time", () => {
  it.each([
    [864_120, "10 days"],
    [864_000 + 7_200 + 60, "10 days, 2 hours"],
    [90_000, "1 day, 1 hour"],
    [3_660, "1 hour, 1 minute"],
    [59, "1 minute"],
  ])("%d seconds last %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("is fixed, with its zone", () => {
    expect(formatInstant("2026-12-18T17:00:00Z", "Europe/Berlin")).toBe("Fri 18 Dec 2026, 18:00 CET");
    expect(formatInstant("2026-07-01T17:00:00Z", "UTC")).toBe("Wed 1 Jul 2026, 17:00 UTC");
    expect(formatInstant("nonsense")).toBe("–");
  });

  it("is told to the second where many things happen within a minute", () => {
    expect(formatLogged("2026-12-18T17:00:07.9Z", "Europe/Berlin")).toBe("18 Dec 2026, 18:00:07");
    expect(formatExact("2026-12-18T17:00:07.9Z", "Europe/Berlin")).toBe("Fri 18 Dec 2026, 18:00:07 CET");
    expect(formatLogged("nonsense")).toBe("–");
    expect(formatExact("nonsense")).toBe("–");
  });
});

describe("ids", () => {
  it("are UUIDv7 in order of time", () => {
    const ids = [newId(1_000), newId(2_000_000_000_000)];
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids).toEqual([...ids].sort());
    expect(newId(0x0199_1234_5678)).toMatch(/^01991234-5678-7/);
  });
});

describe("return addresses", () => {
  it.each(["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "", null, undefined])(
    "%s leads home",
    (value) => expect(safeReturn(value)).toBe("/"),
  );
  it("keeps a path of this page", () => expect(safeReturn("/campaigns?state=live")).toBe("/campaigns?state=live"));
  it("reads the token after the #", () => expect(fragmentToken("#token=a%2Bb")).toBe("a+b"));
});

describe("mail text", () => {
  it("links web addresses only", () => {
    const pieces = findLinks("See https://a.example/x#t=1. Not javascript:alert(1)");
    expect(pieces.filter((piece) => piece.href !== null).map((piece) => piece.href)).toEqual(["https://a.example/x#t=1"]);
    expect(pieces.map((piece) => piece.text).join("")).toBe("See https://a.example/x#t=1. Not javascript:alert(1)");
  });
});

describe("table", () => {
  it("keeps sorting as text", () => {
    expect(writeSort(readSort("-deadline_at,title"))).toBe("-deadline_at,title");
    expect(readSort("")).toEqual([]);
  });

  it("exports exactly what is given, safe for a spreadsheet", () => {
    const columns: Column<{ a: string }>[] = [
      { id: "a", label: "A, first", width: "1fr", cell: (row) => row.a, text: (row) => row.a },
    ];
    const rows = [{ a: "=1+1" }, { a: 'say "so"' }, { a: "-12.50" }];
    expect(toCsv(columns, rows)).toBe('"A, first"\r\n\'=1+1\r\n"say ""so"""\r\n-12.50');
  });
});
