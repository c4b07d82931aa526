import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import type { AccountUsage } from "@/platform/console/accounts/types";

import { account, tenant } from "./fixtures/operator";
import { open } from "./open";
import { api, server } from "./server";

const usage: AccountUsage = {
  items: [
    { name: "users", used: 42, allowed: 20_000 },
    { name: "storage_gb", used: 3, allowed: null },
    { name: "calls_per_month", used: null, allowed: 5_100_000 },
  ],
  money_under_way: [],
  tenant_count: 2,
  is_whole: true,
};

describe("a tenant's record", () => {
  it("is put under maintenance with words for its people, and opened again", async () => {
    let begun: unknown = null;
    let note: string | null = null;
    server.use(
      http.get(api(`/admin/tenants/${tenant.id}`), () => HttpResponse.json({ ...tenant, maintenance_note: note })),
      http.post(api(`/admin/tenants/${tenant.id}/maintenance`), async ({ request }) => {
        begun = await request.json();
        note = "A larger disk";
        return HttpResponse.json({ ...tenant, maintenance_note: note });
      }),
      http.post(api(`/admin/tenants/${tenant.id}/maintenance/end`), () => {
        note = null;
        return HttpResponse.json(tenant);
      }),
    );
    const { user } = open(`/console/tenants/${tenant.id}`);
    await user.click(await screen.findByRole("button", { name: "Maintenance" }));
    const dialog = await screen.findByRole("dialog", { name: `Maintenance of ${tenant.name}` });
    expect(within(dialog).getByRole("button", { name: "Begin" })).toBeDisabled();
    await user.type(within(dialog).getByRole("textbox", { name: "What is done" }), "A larger disk ");
    await user.click(within(dialog).getByRole("button", { name: "Begin" }));
    expect(await screen.findByText(`${tenant.name} is under maintenance`)).toBeVisible();
    expect(begun).toEqual({ note: "A larger disk" });
    expect(await screen.findByText("A larger disk")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "End maintenance" }));
    expect(await screen.findByText(`${tenant.name} is open again`)).toBeVisible();
    expect(await screen.findByRole("button", { name: "Maintenance" })).toBeVisible();
  });
});

describe("a client account", () => {
  it("adds up what its tenants use, and says what has no bound or no measure", async () => {
    server.use(http.get(api(`/admin/accounts/${account.id}/usage`), () => HttpResponse.json(usage)));
    open(`/console/accounts/${account.id}`);
    const table = await screen.findByRole("table", { name: "Usage of all tenants" });
    expect(within(table).getByRole("row", { name: "People, without participants 42 20,000" })).toBeVisible();
    expect(within(table).getByRole("row", { name: "Storage in GB 3 no bound" })).toBeVisible();
    expect(within(table).getByRole("row", { name: /Calls a month (no data|–) 5,100,000/ })).toBeVisible();
    expect(screen.getByText("Added up over 2 tenants.")).toBeVisible();
  });
});
