import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { nextPoll } from "@/platform/console/poll";

import { modules, onboarding, operators, status, tenant } from "./fixtures/operator";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

describe("the console", () => {
  it("is hidden from everybody but operators, and asks the server nothing for them", async () => {
    let asked = 0;
    server.use(
      http.get(api("/auth/me"), () => HttpResponse.json({ ...me, is_operator: false })),
      http.get(api("/admin/*"), () => {
        asked += 1;
        return refusal(403, "permission_denied", "You may not do that");
      }),
    );
    open("/console/dashboard");
    expect(await screen.findByRole("heading", { name: "You may not see this" })).toBeVisible();
    expect(screen.queryByRole("link", { name: /Tenants/ })).toBeNull();
    expect(asked).toBe(0);
  });

  it("names the permission that is missing", async () => {
    server.use(
      http.get(api("/admin/status"), () =>
        refusal(403, "permission_denied", "You may not do that", { permission: "status:read" }),
      ),
    );
    open("/console/dashboard");
    expect(await screen.findByText("status:read")).toBeVisible();
  });

  it("goes from its first address to the dashboard", async () => {
    const { router } = open("/console");
    await waitFor(() => expect(router.state.location.pathname).toBe("/console/dashboard"));
  });
});

describe("the dashboard", () => {
  it("shows figures with their level in words, and says where there is no data", async () => {
    open("/console/dashboard");
    const card = async (name: string) => {
      const head = await screen.findByRole("heading", { name });
      return within(head.closest("div.rounded-8") as HTMLElement);
    };
    expect((await card("Response, 95th percentile")).getByText("fine")).toBeVisible();
    expect((await card("Memory")).getByText("watch")).toBeVisible();
    expect((await card("Errors in 24 hours")).getByText("act")).toBeVisible();
    expect((await card("Processor")).getByText("no data")).toBeVisible();
    expect((await card("Uptime, 30 days")).getByText("no data")).toBeVisible();
    expect(await screen.findByText(/raised at 85 % for 5 minutes, ends below 75 %/)).toBeVisible();
    expect(screen.getByText("refused")).toBeVisible();
  });

  it("asks with the last tag and keeps the last good figures when a look fails", async () => {
    const tags: (string | null)[] = [];
    let fails = false;
    server.use(
      http.get(api("/admin/status"), ({ request }) => {
        const tag = request.headers.get("if-none-match");
        tags.push(tag);
        if (fails) return refusal(503, "database_unavailable", "The database is away");
        if (tag === '"a"') return new HttpResponse(null, { status: 304, headers: { ETag: '"a"' } });
        return HttpResponse.json(status, { headers: { ETag: '"a"' } });
      }),
    );
    const { user } = open("/console/dashboard");
    const again = await screen.findByRole("button", { name: /Look again/ });
    await user.click(again);
    await waitFor(() => expect(tags).toEqual([null, '"a"']));
    expect(screen.getByText("41")).toBeVisible();
    fails = true;
    await user.click(again);
    expect(await screen.findByText(/The last look failed: The database is away/)).toBeVisible();
    expect(screen.getByText("41")).toBeVisible();
  });

  it("slows down to half a minute while looks fail", () => {
    expect([0, 1, 2, 3, 40].map(nextPoll)).toEqual([5_000, 10_000, 20_000, 30_000, 30_000]);
  });

  it("changes when an alert is raised", async () => {
    let sent: unknown = null;
    let tag: string | null = null;
    server.use(
      http.patch(api("/admin/alert-rules/cpu"), async ({ request }) => {
        sent = await request.json();
        tag = request.headers.get("if-match");
        return HttpResponse.json({});
      }),
    );
    const { user } = open("/console/dashboard");
    await user.click(await screen.findByRole("button", { name: "Change Processor" }));
    const field = await screen.findByLabelText("Raised at");
    await user.clear(field);
    await user.type(field, "95");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(sent).toEqual({ is_enabled: true, threshold: 95, clears_below: 75, for_seconds: 300 }),
    );
    expect(tag).toBe('"4"');
  });
});

describe("a tenant's record", () => {
  const address = `/console/tenants/${tenant.id}`;

  it("is suspended only after saying what that means", async () => {
    let suspended: unknown = false;
    server.use(
      http.post(api(`/admin/tenants/${tenant.id}/suspend`), async ({ request }) => {
        suspended = await request.json();
        return HttpResponse.json({ ...tenant, state: "suspended" });
      }),
    );
    const { user } = open(address);
    await user.click(await screen.findByRole("button", { name: "Suspend" }));
    const dialog = await screen.findByRole("dialog", { name: `Suspend ${tenant.name}` });
    expect(suspended).toBe(false);
    expect(within(dialog).getByRole("button", { name: "Suspend" })).toBeDisabled();
    await user.type(within(dialog).getByRole("textbox", { name: "Reason" }), "The contract has ended.");
    await user.click(within(dialog).getByRole("button", { name: "Suspend" }));
    await waitFor(() => expect(suspended).toEqual({ reason: "The contract has ended." }));
    expect(await screen.findByText(`${tenant.name} is suspended`)).toBeVisible();
  });

  it("shows what stands in the way of switching a module off", async () => {
    open(`${address}?tab=modules`);
    const payments = await screen.findByRole("button", { name: "Switch off Payments" });
    expect(payments).toBeDisabled();
    expect(screen.getByText("Switch off first: Campaigns")).toBeVisible();
    expect(screen.getByRole("button", { name: "Switch off Campaigns" })).toBeEnabled();
    expect(screen.queryByRole("button", { name: "Switch off Organisations" })).toBeNull();
    expect(modules).toHaveLength(3);
  });

  it("shows a tenant's keys, and takes one back that was about to be revoked", async () => {
    const { user } = open(`${address}?tab=keys`);
    expect(await screen.findByText("Stock of the warehouse")).toBeVisible();
    expect(screen.getByText("mtk_live_7Qx2…")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Revoke Warehouse" }));
    expect(await screen.findByText("Key Warehouse revoked")).toBeVisible();
    expect(screen.queryByText("Stock of the warehouse")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByText("Stock of the warehouse")).toBeVisible();
  });

  it("says where nothing measures a use", async () => {
    open(address);
    const row = await screen.findByRole("row", { name: /Storage in GB/ });
    expect(within(row).getByText("no data")).toBeVisible();
    expect(within(row).getByText("no bound")).toBeVisible();
  });
});

describe("onboarding", () => {
  it("shows every step, the reason of the failed one, and goes on", async () => {
    let went = false;
    server.use(
      http.post(api(`/admin/onboarding/${onboarding.id}/retry`), () => {
        went = true;
        return HttpResponse.json(onboarding);
      }),
    );
    const { user } = open(`/console/onboarding/${onboarding.id}`);
    expect(await screen.findByText("2 of 3 steps are done.")).toBeVisible();
    expect(screen.getByText("The address is not one.")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: /Go on/ }));
    await waitFor(() => expect(went).toBe(true));
  });

  it("puts a refusal beside its field", async () => {
    server.use(
      http.post(api("/admin/tenants"), () =>
        refusal(409, "slug_taken", "That short name is taken", {
          errors: [{ field: "body.slug", code: "slug_taken", hint: "Choose another one." }],
        }),
      ),
    );
    const { user } = open("/console/onboarding/new");
    await user.type(await screen.findByLabelText("Name"), "Kiln and Loom");
    await user.type(screen.getByLabelText("E-mail"), "mira@kiln.example");
    await user.type(screen.getByLabelText("Their name"), "Mira");
    await user.click(screen.getByRole("button", { name: "Set it up" }));
    expect(await screen.findByText("Choose another one.")).toBeVisible();
  });
});

describe("operators", () => {
  it("invites with the rights that were put together", async () => {
    let sent: unknown = null;
    server.use(
      http.post(api("/admin/operators"), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(operators[0], { status: 201 });
      }),
    );
    const { user } = open("/console/operators");
    expect(await screen.findByText("Tenants: read in 1 tenant")).toBeVisible();
    await user.click(screen.getByRole("button", { name: /Invite/ }));
    await user.type(await screen.findByLabelText("E-mail"), "new@metatron.example");
    await user.type(screen.getByLabelText("Name"), "New");
    await user.click(screen.getByRole("button", { name: "Add this right" }));
    expect(screen.getByText("Everything everywhere")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Send the link" }));
    await waitFor(() =>
      expect(sent).toEqual({
        email: "new@metatron.example",
        display_name: "New",
        grants: [{ scope: "all", subject_ids: [], resource: "*", action: "*" }],
      }),
    );
  });

  it("spends the one-time link only when asked to", async () => {
    let token: unknown = null;
    server.use(
      http.post(api("/operators/accept"), async ({ request }) => {
        token = await request.json();
        return HttpResponse.json({ operator_id: operators[0]?.id });
      }),
    );
    window.location.hash = "#token=once";
    const { user, router } = open("/operators/accept");
    const accept = await screen.findByRole("button", { name: "Accept" });
    expect(token).toBeNull();
    expect(window.location.hash).toBe("");
    await user.click(accept);
    await waitFor(() => expect(router.state.location.pathname).toBe("/console/dashboard"));
    expect(token).toEqual({ token: "once" });
  });
});
