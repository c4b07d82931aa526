import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { cleanup, screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";
import { formatInstant } from "@/kernel/time";

import { commitment, publicCampaign } from "./fixtures/campaigns";
import { open, signedInBefore } from "./open";
import { api, server } from "./server";

const page = "/o/harbour/campaigns/campaign-0";
const views: [string, string | RegExp][] = [
  ["/o/harbour", "Stoneware mugs, second firing"],
  [page, "The goal decides"],
  ...([1, 2, 3, 4, 5] as const).map((step): [string, RegExp] => [`${page}/join?step=${String(step)}`, /Stoneware mugs/]),
  ["/commitments", "Stoneware mugs, second firing"],
  [`/commitments/${commitment.id}`, "Where the money is"],
  [`/commitments/${commitment.id}/receipt`, "Each move of the money"],
  ["/supplier", "Cold-pressed rapeseed oil, 5 l"],
];

/** The page as it stands, once all that it asks for has come. */
async function drawn(path: string, text: string | RegExp): Promise<HTMLElement> {
  const { view } = open(path);
  expect((await screen.findAllByText(text)).length).toBeGreaterThan(0);
  await expect.poll(() => queryClient.isFetching()).toBe(0);
  return view.container;
}

const classed = (within: ParentNode, pattern: RegExp) =>
  [...within.querySelectorAll<HTMLElement>("[class]")].filter((each) => pattern.test(each.getAttribute("class") ?? ""));
// Only what is red by itself: a field may turn so once it was refused.
const red = /(?:^|\s)(?:text|bg|border|fill|stroke)-bad\b/;

describe("what the doctrine keeps off a member's page", () => {
  it.each(views)("%s has one primary action at most", async (path, text) => {
    signedInBefore();
    const container = await drawn(path, text);
    expect(classed(container, /(?:^|\s)bg-primary(?:\s|$)/).length).toBeLessThanOrEqual(1);
  });

  it.each(views)("%s has nothing in red while nothing was refused", async (path, text) => {
    signedInBefore();
    const container = await drawn(path, text);
    expect(classed(container, red).map((each) => each.outerHTML.slice(0, 120))).toEqual([]);
  });

  it.each(views)("%s has nothing that bounces, pulses, spins or runs by itself", async (path, text) => {
    signedInBefore();
    const container = await drawn(path, text);
    expect(classed(container, /animate-|marquee/).map((each) => each.outerHTML.slice(0, 120))).toEqual([]);
    expect(container.querySelectorAll("video, audio, marquee, canvas, [autoplay]")).toHaveLength(0);
  });

  it("the rules come before the picture and before the one button", async () => {
    const container = await drawn(page, "The goal decides");
    const rules = screen.getByText("The goal decides");
    const [picture, ...others] = container.querySelectorAll("main img");
    const [button] = classed(container.querySelector("main") ?? container, /(?:^|\s)bg-primary(?:\s|$)/);
    for (const later of [picture, button]) {
      expect(later).toBeDefined();
      if (later !== undefined) expect(rules.compareDocumentPosition(later) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    }
    expect(others).toEqual([]);
    expect(screen.getByRole("heading", { level: 1 }).compareDocumentPosition(rules) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
  });

  it("no picture leads: none fills the width of the page or lies behind the text", async () => {
    const container = await drawn(page, "The goal decides");
    const leading = /(?:^|\s)(?:w-screen|h-screen|min-h-screen|fixed|absolute|bg-cover|bg-\[url)/;
    for (const picture of container.querySelectorAll<HTMLElement>("main img")) {
      for (let each: HTMLElement | null = picture; each !== null && each.tagName !== "MAIN"; each = each.parentElement) {
        expect(leading.test(each.getAttribute("class") ?? "")).toBe(false);
      }
    }
  });

  it("a deadline in a minute looks as one in a month: the date is all that differs", async () => {
    const looks = async (deadline_at: string) => {
      server.use(http.get(api("/public/:org/campaigns/:slug"), () => HttpResponse.json({ ...publicCampaign, deadline_at })));
      const { view } = open(page);
      await screen.findByText("The goal decides");
      await expect.poll(() => queryClient.isFetching()).toBe(0);
      const [date, html] = [formatInstant(deadline_at, publicCampaign.time_zone), view.container.querySelector("main")?.innerHTML ?? ""];
      expect(html).toContain(date);
      view.unmount();
      queryClient.clear();
      return html.replaceAll(date, "DATE").replaceAll(deadline_at, "DATE").replaceAll(/(?:base-ui-)?[«_:]r[\w»:]*_?/g, "ID");
    };
    const near = new Date(Date.now() + 60_000).toISOString();
    const far = new Date(Date.now() + 30 * 86_400_000).toISOString();
    expect(await looks(near)).toBe(await looks(far));
  });

  it("an empty campaign presses nobody: far from the goal reads as calmly as near it", async () => {
    for (const goal_stage of ["under_20", "75"] as const) {
      server.use(http.get(api("/public/:org/campaigns/:slug"), () => HttpResponse.json({ ...publicCampaign, goal_stage })));
      const container = await drawn(page, "The goal decides");
      expect(container.textContent).not.toMatch(/\b(?:left|remaining|missing|to go|last|still needs?|hurry|others|people)\b\s*(?:\d|units|day|hour|minute|place)/i);
      expect(classed(container, red)).toEqual([]);
      cleanup();
      queryClient.clear();
    }
  });

  it("no source of a member's page writes time relative to now, ranks, or compares prices", () => {
    const folders = ["member", "public", "supplier", "milestones"].map((name) => join("src/apps/campaigns", name));
    const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    const kept = /RelativeTimeFormat|formatDuration|line-through|<del\b|<s>|tone="(?:danger|bad)"|sendBeacon|gtag|animate-/;
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((file) => kept.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
