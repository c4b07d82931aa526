import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { access, account, tenant } from "./fixtures/operator";
import { open } from "./open";
import { api, server } from "./server";

const narrowed = `?account_id=${account.id}`;

/** What the list of tenants was asked for, request by request. */
function askedOf(path: string): (string | null)[] {
  const asked: (string | null)[] = [];
  server.use(
    http.get(api(path), ({ request }) => {
      asked.push(new URL(request.url).searchParams.get("account_id"));
      return HttpResponse.json({ items: path === "/admin/tenants" ? [tenant] : [], next_cursor: null });
    }),
  );
  return asked;
}

describe("the console narrowed to one client account", () => {
  beforeEach(() => {
    const permissions = [...access.permissions, "accounts:read"];
    server.use(http.get(api("/admin/access"), () => HttpResponse.json({ ...access, permissions })));
  });

  it("is chosen above the page, stands in the address and goes along to the next page", async () => {
    const tenants = askedOf("/admin/tenants");
    const jobs = askedOf("/admin/jobs");
    const { user, router } = open("/console/tenants");
    await user.click(await screen.findByRole("button", { name: "All client accounts" }));
    await user.type(screen.getByRole("combobox", { name: "Client account" }), account.name.slice(0, 3));
    await user.click(await screen.findByRole("option", { name: account.name }));
    expect(await screen.findByRole("button", { name: `Client account: ${account.name}` })).toBeVisible();
    expect(router.state.location.search).toEqual({ account_id: account.id });
    await waitFor(() => expect(tenants.at(-1)).toBe(account.id));
    // The views of the list are as they were: the account is no filter of it.
    expect(screen.getByRole("button", { name: "All", current: "page" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Active" }));
    expect(router.state.location.search).toEqual({ state: "active", account_id: account.id });
    await router.navigate({ to: "/console/jobs", search: {} });
    await waitFor(() => expect(jobs.at(-1)).toBe(account.id));
    await user.click(await screen.findByRole("button", { name: "Show all client accounts" }));
    expect(await screen.findByRole("button", { name: "All client accounts" })).toBeVisible();
    await waitFor(() => expect(jobs.at(-1)).toBe(null));
    expect(router.state.location.search).toEqual({});
  });

  it("shows no figure of the whole installation in between", async () => {
    server.use(http.get(api(`/admin/accounts/${account.id}/usage`), () => HttpResponse.json({ items: [], tenant_count: 2, is_whole: true })));
    open(`/console/analytics${narrowed}`);
    expect(await screen.findByRole("group", { name: "Calls of applications" })).toBeVisible();
    for (const name of ["Requests in thirty days", "How fast the page feels"]) expect(screen.queryByRole("heading", { name })).toBeNull();
  });

  it("survives a reload, and adds up its tenants on the dashboard", async () => {
    server.use(
      http.get(api(`/admin/accounts/${account.id}/usage`), () =>
        HttpResponse.json({
          items: [{ name: "calls_per_month", used: 4_200, allowed: null }],
          money_under_way: [
            { currency: "EUR", amount_minor: 1_234_567_05 },
            { currency: "JPY", amount_minor: 900 },
          ],
          tenant_count: 2,
          is_whole: true,
        }),
      ),
      http.get(api("/admin/jobs"), () => HttpResponse.json({ items: [], next_cursor: null, count: { value: 7, capped: false } })),
    );
    open(`/console/dashboard${narrowed}`);
    expect(await screen.findByRole("button", { name: `Client account: ${account.name}` })).toBeVisible();
    const sum = (await screen.findByRole("heading", { name: `All tenants of ${account.name}` })).closest("section");
    const figure = (name: string) => within(sum as HTMLElement).getByRole("heading", { name }).parentElement?.textContent;
    await waitFor(() => expect(figure("Calls this month")).toBe("Calls this month4,200"));
    expect(figure("Money under way")).toBe("Money under way€1,234,567.05JP¥900");
    expect(figure("Storage in GB")).toBe("Storage in GBno data");
    await waitFor(() => expect(figure("Jobs that gave up")).toBe("Jobs that gave up7"));
  });

  it("says where a page is about the whole installation", async () => {
    open(`/console/services${narrowed}`);
    expect(await screen.findByText("This page is about the whole installation.")).toBeVisible();
  });
});
