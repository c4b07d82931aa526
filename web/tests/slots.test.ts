import { describe, expect, it } from "vitest";

import { Slots, withActive } from "@/ui/table/slots";

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

describe("elements of a long list", () => {
  it("stay with the rows that stay, and go over to the rows that come", () => {
    const slots = new Slots();
    const first = slots.assign(numbers(0, 10));
    const next = slots.assign(numbers(4, 14));
    for (const index of numbers(4, 10)) expect(next.get(index)).toBe(first.get(index));
    const before = numbers(0, 4).map((index) => first.get(index)).sort();
    expect(numbers(10, 14).map((index) => next.get(index)).sort()).toEqual(before);
  });

  it("are each one row's, after a far jump and when more are wanted", () => {
    const slots = new Slots();
    slots.assign(numbers(0, 10));
    const far = slots.assign([0, ...numbers(5_000, 5_015)]);
    expect(far.get(0)).toBe(0);
    expect(new Set(far.values()).size).toBe(16);
    expect(Math.max(...far.values())).toBe(15);
  });

  it("always hold the row that the keys act on", () => {
    const range = { startIndex: 100, endIndex: 120, overscan: 2, count: 1_000 };
    expect(withActive(range, 3)[0]).toBe(3);
    expect(withActive(range, 110)).toHaveLength(25);
    expect(withActive(range, 900).at(-1)).toBe(900);
    expect(withActive(range, 1_000)).toHaveLength(25);
  });
});
