import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { run } from "./fixtures/amc";
import { comingUp, schedule } from "./fixtures/amc-recurring";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const path = `/amc/schedules/${schedule.id}/amc-schedule`;
const native = { period: "Weekly", start_day: "Monday", hour_utc: 6 };
const copy = { ...native, state: "kept", reason: null, amc_schedule_id: "metatron-1", instance_id: run.instance.id, asked_at: "2026-11-20T08:00:00Z" };
const fits = (fit: object) => server.use(http.get(api(path), () => HttpResponse.json(fit)));

beforeEach(() => {
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:run", "amc:edit"] })),
    http.post(api("/amc/schedules/preview"), () => HttpResponse.json(comingUp)),
  );
});

async function dialog() {
  const { user } = open(`/amc/runs/schedules/${schedule.id}`);
  await user.click(await screen.findByRole("button", { name: `More for ${schedule.name}` }));
  await user.click(await screen.findByRole("menuitem", { name: "Export to an AMC schedule" }));
  return { user, shown: within(await screen.findByRole("dialog", {}, { timeout: 5_000 })) };
}

describe("a schedule that Amazon could fire", () => {
  it("is handed over once it is said what that comes to", async () => {
    const sent: string[] = [];
    fits({ native, reason: null });
    server.use(
      http.put(api(path), ({ request }) => {
        sent.push(request.method);
        return HttpResponse.json({ ...schedule, amc_export: { ...copy, state: "asked" } }, { status: 202 });
      }),
    );
    const { user, shown } = await dialog();
    expect(await shown.findByText("Every Monday at 06:00 UTC")).toBeVisible();
    await user.click(shown.getByRole("button", { name: "Export it" }));
    await waitFor(() => expect(sent).toEqual(["PUT"]));
  });

  it("is not where none does the same, and says why", async () => {
    fits({ native: null, reason: "Amazon's schedules fire every day or every week." });
    const { shown } = await dialog();
    expect(await shown.findByText(/every day or every week/)).toBeVisible();
    expect(shown.queryByRole("button", { name: "Export it" })).not.toBeInTheDocument();
  });

  it("tells of its copy and is taken back", async () => {
    const sent: string[] = [];
    fits({ native, reason: null });
    server.use(
      http.get(api(`/amc/schedules/${schedule.id}`), () => HttpResponse.json({ ...schedule, amc_export: { ...copy, state: "failed", reason: "Terms not accepted" } })),
      http.delete(api(path), ({ request }) => {
        sent.push(request.method);
        return HttpResponse.json({ ...schedule, amc_export: { ...copy, state: "leaving" } }, { status: 202 });
      }),
    );
    const { user, shown } = await dialog();
    expect(shown.getByText("Terms not accepted")).toBeVisible();
    expect(await shown.findByRole("button", { name: "Export it anew" })).toBeVisible();
    await user.click(shown.getByRole("button", { name: "Take it back" }));
    await waitFor(() => expect(sent).toEqual(["DELETE"]));
  });
});

describe("what a run cost", () => {
  it("is rows scanned and time, never money", async () => {
    open(`/amc/runs/${run.id}?tab=query`);
    const name = await screen.findByText("Rows scanned");
    expect(name.nextElementSibling).toHaveTextContent("4,200,000");
    expect(screen.getByText("Took").nextElementSibling).toHaveTextContent("42 s");
  });

  it("says so where Amazon does not tell", async () => {
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, rows_scanned: null })));
    open(`/amc/runs/${run.id}?tab=query`);
    expect((await screen.findByText("Rows scanned")).nextElementSibling).toHaveTextContent("Amazon does not tell");
  });

  it("stands under a name whose days are not broken", async () => {
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, name: "Kettles - 2026-10-01 - 2026-10-31" })));
    open(`/amc/runs/${run.id}`);
    const title = await screen.findByRole("heading", { level: 1, name: "Kettles - 2026-10-01 - 2026-10-31" });
    expect(within(title).getByText("2026-10-31")).toHaveClass("whitespace-nowrap");
  });
});
