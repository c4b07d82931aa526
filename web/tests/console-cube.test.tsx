import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { bent, weight } from "@/platform/console/cube/geometry";

import { status } from "./fixtures/operator";
import { open } from "./open";
import { api, server } from "./server";

const table = () => screen.findByRole("table", { name: "Calls of the last minute" });

describe("Metatron's Cube", () => {
  it("says in a table what the picture shows, and where nothing is measured", async () => {
    open("/console/dashboard");
    const cube = within(await table());
    expect(cube.getAllByRole("rowheader")).toHaveLength(13);
    const row = (name: string) => within(cube.getByRole("row", { name: new RegExp(name) }));
    expect(row("Campaigns").getByText("1.25/s")).toBeVisible();
    expect(row("Campaigns").getByText("6 %")).toBeVisible();
    expect(row("Campaigns").getByText("act")).toBeVisible();
    expect(row("CRM").getByText("no data")).toBeVisible();
    expect(row("Billing").getByText("0/s")).toBeVisible();
    expect(row("Event stream").getByText("degraded")).toBeVisible();
  });

  it("opens a circle's calls by keyboard", async () => {
    const { user } = open("/console/dashboard");
    const button = within(await table()).getByRole("button", { name: /Campaigns/ });
    button.focus();
    await user.keyboard("{Enter}");
    expect(button).toHaveAttribute("aria-expanded", "true");
    const cube = within(await table());
    expect(cube.getByRole("rowheader", { name: "from Core" })).toBeVisible();
    expect(cube.getByRole("rowheader", { name: "to PostgreSQL" })).toBeVisible();
    await user.keyboard("{Enter}");
    expect(cube.queryByRole("rowheader", { name: "from Core" })).toBeNull();
  });

  it("draws no line that was not counted", async () => {
    server.use(
      http.get(api("/admin/status"), () => HttpResponse.json({ ...status, cube: { ...status.cube, lines: [] } })),
    );
    const { user } = open("/console/dashboard");
    await user.click(within(await table()).getByRole("button", { name: /Core/ }));
    expect(await screen.findByText(/No call to or from another circle/)).toBeVisible();
    expect(document.querySelectorAll(".cube-flow")).toHaveLength(0);
  });

  it("draws heavier what is called more, and both ways beside each other", () => {
    expect(weight(100)).toBeGreaterThan(weight(1));
    expect(weight(1e9)).toBeLessThan(2.1);
    const [a, b] = [
      { x: 10, y: 50 },
      { x: 40, y: 50 },
    ];
    expect(bent(a, b)).toBe("M16.60 51.00Q25.00 53.00 33.40 51.00");
    expect(bent(b, a)).toBe("M33.40 49.00Q25.00 47.00 16.60 49.00");
  });
});

describe("the services", () => {
  it("are tiles with what each answered, and the queue by kind of job", async () => {
    open("/console/services");
    const tile = (name: string) => within(screen.getByRole("heading", { name }).closest("li") as HTMLElement);
    expect(await screen.findByRole("heading", { name: "Campaigns" })).toBeVisible();
    expect(tile("Campaigns").getByText("1.25/s")).toBeVisible();
    expect(tile("ERP").getByText("no data")).toBeVisible();
    const queue = within(await screen.findByRole("table", { name: "Queue" }));
    expect(queue.getByRole("row", { name: /notifications.deliver 3 3 minutes 1 1 2/ })).toBeVisible();
    expect(queue.getByRole("link", { name: "2" })).toHaveAttribute("href", "/console/jobs?job=notifications.deliver");
  });
});

describe("the database", () => {
  it("shows pools and sizes, and says what nothing measures", async () => {
    open("/console/database");
    expect(await screen.findByText("84.2 MB")).toBeVisible();
    expect(screen.getByText("21 / 100")).toBeVisible();
    expect(screen.getByRole("row", { name: "Sessions 1 3 10" })).toBeVisible();
    expect(screen.getByText(/pg_stat_statements, which measures them, is not there/)).toBeVisible();
    expect(screen.getByText("No server follows this one.")).toBeVisible();
    expect(screen.getAllByText("no data")).toHaveLength(2);
  });
});
