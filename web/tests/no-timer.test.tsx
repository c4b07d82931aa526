import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";

import { open, signedInBefore } from "./open";
import { api, server } from "./server";

const pages: [string, string | RegExp][] = [
  ["/o/harbour", "Stoneware mugs, second firing"],
  ["/o/harbour/campaigns/campaign-0", "The goal decides"],
  ["/o/harbour/campaigns/campaign-0/join", "What you join"],
  ["/commitments", "Stoneware mugs, second firing"],
  ["/commitments/01990000-0000-7000-8000-000000000301", "Where the money is"],
  ["/commitments/01990000-0000-7000-8000-000000000301/receipt", "Each move of the money"],
  ["/supplier", "Cold-pressed rapeseed oil, 5 l"],
];

describe("nothing ticks on a member's page", () => {
  it.each(pages)("%s neither renders nor asks again within a day", async (path, text) => {
    signedInBefore();
    // The clock is ours from before the first drawing, so that a timer the page sets is ours as well.
    vi.useFakeTimers({ shouldAdvanceTime: true });
    const { view } = open(path);
    expect((await screen.findAllByText(text)).length).toBeGreaterThan(0);
    await act(() => vi.advanceTimersByTimeAsync(2000));
    let asked = 0;
    server.use(
      http.all(api("/*"), () => {
        asked += 1;
        return HttpResponse.json({}, { status: 500 });
      }),
    );
    const changes: MutationRecord[] = [];
    const watcher = new MutationObserver((records) => changes.push(...records));
    watcher.observe(view.container, { subtree: true, childList: true, characterData: true, attributes: true });
    await act(() => vi.advanceTimersByTimeAsync(86_400_000));
    watcher.takeRecords().forEach((record) => changes.push(record));
    watcher.disconnect();
    expect(changes).toEqual([]);
    expect(asked).toBe(0);
  });

  it("no source of a member's page sets a timer or asks on an interval", () => {
    const folders = ["member", "public", "supplier"].map((name) => join("src/apps/campaigns", name));
    const shared = ["goal-band.tsx", "moves.tsx", "ladder.tsx", "funding-text.ts", "states.tsx", "commitment-state.tsx"];
    const files = [
      ...folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name))),
      ...shared.map((name) => join("src/apps/campaigns", name)),
      "src/kernel/time.ts",
      "src/kernel/list.ts",
    ];
    const ticking = /setInterval|setTimeout|requestAnimationFrame|refetchInterval|Date\.now\(|new Date\(\)/;
    expect(files.filter((file) => ticking.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
