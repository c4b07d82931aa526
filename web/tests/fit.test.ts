import { describe, expect, it } from "vitest";

import type { Column } from "@/ui/table/columns";
import { fit } from "@/ui/table/fit";

interface Row {
  said: string;
}

const column = (id: string, least: number, more: Partial<Column<Row>> = {}): Column<Row> => ({
  id,
  label: id,
  width: `minmax(${least}px, 1fr)`,
  cell: (row) => row.said,
  text: (row) => row.said,
  ...more,
});
const columns = [
  column("reference", 100, { onPhone: "detail" }),
  column("title", 160, { onPhone: "title" }),
  column("state", 140, { onPhone: "state" }),
  column("deadline", 140),
  column("price", 90),
  column("chosen", 110, { hidden: true }),
];
const ids = (of: readonly Column<Row>[]) => of.map(({ id }) => id);

describe("columns that find room", () => {
  it("are all there before the width is known, and when it is enough", () => {
    expect(fit(columns, 0, true).left).toEqual([]);
    expect(fit(columns, 26 + 34 + 740 + 6 * 13, true).left).toEqual([]);
  });

  it("give way from the right: extras, then what was chosen, then details", () => {
    expect(ids(fit(columns, 26 + 34 + 740 + 6 * 13 - 1, true).left)).toEqual(["price"]);
    expect(ids(fit(columns, 680, true).kept)).toEqual(["reference", "title", "state", "chosen"]);
    expect(ids(fit(columns, 560, true).left)).toEqual(["deadline", "price", "chosen"]);
  });

  it("never lose the title and the state", () => {
    expect(ids(fit(columns, 100, false).kept)).toEqual(["title", "state"]);
  });
});
