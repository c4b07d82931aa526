import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { daysFilters, daysOf, isUsual, withDay } from "@/apps/amc/runs/days";

import { run } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

let asked: Record<string, string>[] = [];

beforeEach(() => {
  asked = [];
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read"] })),
    http.get(api("/amc/runs"), ({ request }) => {
      asked.push(Object.fromEntries(new URL(request.url).searchParams));
      return HttpResponse.json({ items: [run], next_cursor: null });
    }),
  );
});

describe("days of runs", () => {
  it("stand in the address, as fields and as chips, and are days of whoever looks", async () => {
    const { user, router } = open("/amc/runs?state=failed");
    const fields = within(await screen.findByRole("group", { name: "Days on which runs were asked for" }));
    fireEvent.change(fields.getByLabelText("Asked since"), { target: { value: "2026-11-02" } });
    fireEvent.change(await fields.findByLabelText("Asked until"), { target: { value: "2026-11-08" } });
    await waitFor(() => expect(router.state.location.search).toEqual({ state: "failed", since: "2026-11-02", until: "2026-11-08" }));
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ since: "2026-11-02", until: "2026-11-08", time_zone: zone, state: "failed" }));
    expect(await screen.findByText("Asked until: 8 Nov 2026")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Remove filter Asked since: 2 Nov 2026" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ state: "failed", until: "2026-11-08" }));
    expect(fields.getByLabelText("Asked since")).toHaveValue("");
  });

  it("that are none are not asked for", async () => {
    open("/amc/runs?since=soon&until=2026-11-08");
    await waitFor(() => expect(asked.at(-1)).toMatchObject({ until: "2026-11-08" }));
    expect(asked.some((each) => "since" in each)).toBe(false);
  });

  it("never cross, and a year is typed in peace", () => {
    expect(withDay({ since: "2026-11-02", until: "2026-11-08" }, "since", "2026-11-09")).toEqual({ since: "2026-11-09", until: "2026-11-09" });
    expect(withDay({ since: "2026-11-02" }, "until", "2026-11-01")).toEqual({ since: "2026-11-01", until: "2026-11-01" });
    expect(withDay({ since: "2026-11-02", until: "2026-11-08" }, "until", undefined)).toEqual({ since: "2026-11-02", until: undefined });
    expect(isUsual("0002-11-02")).toBe(false);
    expect(daysOf({ since: "2026-11-02", until: "2026-11-01" })).toEqual({ since: "2026-11-02", until: undefined });
    const [since] = daysFilters({ since: "2026-01-01" }, "2026-11-22");
    expect(since?.choices.map(({ value }) => value)).toEqual(["2026-01-01", "2026-11-22", "2026-11-16", "2026-10-24", "2026-08-25"]);
  });
});
