import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { entry, tenant } from "./fixtures/operator";
import { open } from "./open";
import { api, refusal, server } from "./server";

describe("sign-in security", () => {
  it("counts what happened at the doors and names operators whose mailbox alone lets them in", async () => {
    open("/console/security");
    const failed = await screen.findByRole("link", { name: "Wrong passwords, codes and passkeys" });
    expect(failed).toHaveAttribute("href", "/console/audit?name=identity.sign_in_failed.v1");
    expect(screen.getByText("214")).toBeVisible();
    expect(screen.getByText("mailbox only")).toBeVisible();
  });
});

describe("analytics", () => {
  it("shows a month of requests as bars and as figures, and who calls most", async () => {
    open("/console/analytics");
    const days = await screen.findByRole("img", { name: /Requests by day, 27 days measured/ });
    expect(days).toBeVisible();
    const table = within(screen.getByRole("group", { name: "Calls of applications" }));
    expect(table.getByRole("link", { name: "Harbour Collective" })).toBeVisible();
    expect(table.getByText("86 %")).toBeVisible();
    expect(table.getByText("no bound")).toBeVisible();
  });

  it("shows how fast the page feels, with a word where it is not good, and no figure that nobody measured", async () => {
    open("/console/analytics");
    const table = within(await screen.findByRole("group", { name: "How fast the page feels" }));
    const cells = (name: string) => within(table.getByRole("row", { name: new RegExp(name) })).getAllByRole("cell");
    expect(cells("All pages").map(({ textContent }) => textContent)).toEqual(["61", "1,480 ms", "96 ms", "0.004", "21 ms"]);
    expect(cells("runId").map(({ textContent }) => textContent)).toEqual(["12", "middling2,810 ms", "poor620 ms", "0.000", "no data"]);
    // A phone has no room for six columns.
    const narrow = within(screen.getByRole("list", { name: "How fast the page feels" })).getAllByRole("listitem");
    expect(narrow[0]).toHaveTextContent("All pages61 visitsLargest part shown (LCP)1,480 ms");
  });
});

describe("jobs that gave up", () => {
  const dead = (id: number, job: string) => ({
    id, job, tenant_id: tenant.id, tenant_name: tenant.name, state: "failed", attempts: 12, error: null,
    queued_at: "2026-11-20T20:15:00Z", failed_at: "2026-11-20T22:15:00Z",
  });

  it("are narrowed to a kind, and all of it goes round again", async () => {
    const asked: URLSearchParams[] = [];
    let sent: unknown = null;
    let stand = [dead(1, "notifications.deliver"), dead(2, "webhooks.deliver"), dead(3, "notifications.deliver")];
    server.use(
      http.get(api("/admin/jobs"), ({ request }) => {
        const query = new URL(request.url).searchParams;
        asked.push(query);
        const items = stand.filter(({ job }) => !query.has("job") || query.get("job") === job);
        return HttpResponse.json({ items, next_cursor: null, count: null });
      }),
      http.post(api("/admin/jobs/retry"), async ({ request }) => {
        sent = await request.json();
        stand = stand.filter(({ id }) => id === 2);
        return HttpResponse.json({ retried: 2, left: 1 });
      }),
    );
    const { user, router } = open(`/console/jobs?tenant_id=${tenant.id}`);
    const [first] = await screen.findAllByRole("button", { name: "notifications.deliver" });
    expect(asked.at(-1)?.get("tenant_id")).toBe(tenant.id);
    await user.click(first as HTMLElement);
    await waitFor(() => expect(router.state.location.search).toMatchObject({ job: "notifications.deliver" }));
    await waitFor(() => expect(screen.queryByRole("button", { name: "webhooks.deliver" })).toBeNull());
    await user.click(screen.getByRole("button", { name: "Try all of these again" }));
    expect(await screen.findByText("2 jobs will be tried again; 1 is left")).toBeVisible();
    expect(sent).toEqual({ job: "notifications.deliver", tenant_id: tenant.id });
    expect(await screen.findByText("No job has given up.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Try all of these again" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Remove filter notifications.deliver" }));
    expect(await screen.findByRole("button", { name: "webhooks.deliver" })).toBeVisible();
    expect(screen.getByRole("link", { name: tenant.name })).toBeVisible();
  });
});

describe("the logs of tenants", () => {
  it("are chosen by name among more tenants than a list shows, and name their tenants", async () => {
    const far = { ...tenant, id: "01990000-0000-7000-8000-0000000009f1", name: "Zephyr Guild" };
    const logs: (string | null)[] = [];
    server.use(
      http.get(api("/admin/tenants"), ({ request }) => {
        const words = new URL(request.url).searchParams.get("q") ?? "";
        return HttpResponse.json({ items: words === "zeph" ? [far] : words === "" ? [tenant] : [], next_cursor: words === "" ? "more" : null });
      }),
      http.get(api(`/admin/tenants/${far.id}`), () => HttpResponse.json(far)),
      http.get(api("/admin/audit"), ({ request }) => {
        logs.push(new URL(request.url).searchParams.get("tenant_id"));
        const [id, name] = logs.at(-1) === far.id ? [far.id, far.name] : [tenant.id, null];
        return HttpResponse.json({ items: [{ ...entry, tenant_id: id, tenant_name: name }], next_cursor: null });
      }),
    );
    const { user, router } = open("/console/audit");
    expect(await screen.findByRole("button", { name: `…${tenant.id.slice(-8)}` })).toBeVisible();
    const box = screen.getByRole("combobox", { name: "Whose log" });
    expect(box).toHaveValue("Everybody’s");
    await user.clear(box);
    expect(logs.at(-1)).toBeNull();
    await user.type(box, "zeph");
    await user.click(await screen.findByRole("option", { name: "Zephyr Guild" }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ tenant_id: far.id }));
    expect(await screen.findByRole("button", { name: "Zephyr Guild" })).toBeVisible();
    await waitFor(() => expect(box).toHaveValue("Zephyr Guild"));
    await user.click(box);
    await user.click(await screen.findByRole("option", { name: "The platform’s own" }));
    await waitFor(() => expect(logs.at(-1)).toBe("00000000-0000-7000-8000-000000000001"));
  });

  it("say whose they are when the address names a tenant", async () => {
    open(`/console/audit?tenant_id=${tenant.id}`);
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Whose log" })).toHaveValue(tenant.name));
  });
});

describe("alerts", () => {
  it("are silent in a window that is planned here", async () => {
    let sent: Record<string, unknown> = {};
    server.use(
      http.post(api("/admin/maintenance-windows"), async ({ request }) => {
        sent = (await request.json()) as Record<string, unknown>;
        return HttpResponse.json({}, { status: 201 });
      }),
    );
    const { user } = open("/console/alerts");
    expect(await screen.findByText("A new disk")).toBeVisible();
    expect(screen.getByText("2 alerts silent")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Plan a window" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Plan a window of maintenance" }));
    expect(dialog.getByRole("button", { name: "Plan it" })).toBeDisabled();
    await user.type(dialog.getByLabelText("What is done"), "Moving house");
    await user.click(dialog.getByRole("checkbox", { name: "Processor" }));
    await user.click(dialog.getByRole("button", { name: "Plan it" }));
    await waitFor(() => expect(sent["title"]).toBe("Moving house"));
    expect(sent["rules"]).toEqual(["cpu"]);
    expect(String(sent["ends_at"]) > String(sent["starts_at"])).toBe(true);
  });

  it("ends a window early", async () => {
    let ended = false;
    server.use(
      http.post(api("/admin/maintenance-windows/*/end"), () => {
        ended = true;
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = open("/console/alerts");
    await user.click(await screen.findByRole("button", { name: "End A new disk" }));
    await waitFor(() => expect(ended).toBe(true));
  });

  it("are told to webhooks, whose secret is shown once", async () => {
    server.use(
      http.post(api("/admin/alert-channels"), () =>
        HttpResponse.json({ id: "1", url: "https://example.com/b", secret: "whsec_once" }, { status: 201 }),
      ),
    );
    const { user } = open("/console/alerts");
    expect(await screen.findByText("The webhook answered 500.")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Add a webhook" }));
    await user.type(await screen.findByLabelText("Address"), "https://example.com/b");
    await user.click(screen.getByRole("button", { name: "Add" }));
    expect(await screen.findByText("whsec_once")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "I have copied it" }));
    await waitFor(() => expect(screen.queryByText("whsec_once")).toBeNull());
  });
});

describe("the configuration", () => {
  it("is saved only after its difference was seen, at the version that was read", async () => {
    let sent: unknown = null;
    let tag: string | null = null;
    server.use(
      http.post(api("/admin/configuration/difference"), async ({ request }) => {
        const { changes } = (await request.json()) as { changes: Record<string, number> };
        return HttpResponse.json({
          items: Object.entries(changes).map(([name, after]) => ({ name, before: 2_000_000, after })),
          next_cursor: null,
        });
      }),
      http.patch(api("/admin/configuration"), async ({ request }) => {
        sent = await request.json();
        tag = request.headers.get("if-match");
        return HttpResponse.json({});
      }),
    );
    const { user } = open("/console/settings");
    const field = await screen.findByLabelText("Largest request");
    expect(await screen.findByRole("button", { name: "Review changes" })).toBeDisabled();
    await user.clear(field);
    await user.type(field, "3000000");
    await user.click(screen.getByRole("button", { name: "Review changes" }));
    const dialog = within(await screen.findByRole("dialog", { name: "What changes" }));
    expect(await dialog.findByText("2,000,000 bytes")).toBeVisible();
    expect(dialog.getByText("3,000,000 bytes")).toBeVisible();
    expect(sent).toBeNull();
    await user.type(dialog.getByLabelText(/Why/), "Imports");
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(sent).toEqual({ changes: { max_body_bytes: 3_000_000 }, back_to_start: [], reason: "Imports" }),
    );
    expect(tag).toBe('"3"');
  });

  it("says what does not fit, and saves nothing", async () => {
    server.use(
      http.post(api("/admin/configuration/difference"), () =>
        refusal(422, "invalid_input", "Something does not fit", {
          errors: [{ field: "body.changes.max_body_bytes", code: "out_of_bounds", hint: "Between 65536 and 67,108,864." }],
        }),
      ),
    );
    const { user } = open("/console/settings");
    const field = await screen.findByLabelText("Largest request");
    await user.clear(field);
    await user.type(field, "1");
    await user.click(await screen.findByRole("button", { name: "Review changes" }));
    expect(await screen.findByText("Largest request: Between 65536 and 67,108,864.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
  });

  it("lists who changed what", async () => {
    open("/console/settings");
    expect(await screen.findByText(/Olga, .*: Large imports/)).toBeVisible();
  });
});

describe("the other pages", () => {
  it("report who still calls what is on its way out", async () => {
    open("/console/deprecations");
    expect(await screen.findByText("GET /api/v1/old-things")).toBeVisible();
    expect(screen.getByRole("row", { name: /Harbour Collective a person 4/ })).toBeVisible();
  });
});
