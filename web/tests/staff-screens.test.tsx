import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { navFor } from "@/shell/nav-items";
import { startTheme, useUi } from "@/shell/ui-state";

import { campaign } from "./fixtures/campaigns";
import { modules } from "./fixtures/operator";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const may = (...more: string[]) =>
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: [...me.permissions, ...more] })));

describe("issues", () => {
  const path = `/campaigns/${campaign(4).id}?tab=issues`;

  it("names amount, commitment and effect before it decides, and sends the decision once", async () => {
    may("campaigns:settle");
    const sent: unknown[] = [];
    server.use(
      http.post(api("/issues/*/resolve"), async ({ request }) => {
        sent.push(await request.json());
        expect(request.headers.get("idempotency-key")).toBeTruthy();
        return HttpResponse.json({ approval_id: "01990000-0000-7000-8000-0000000000a1" }, { status: 202 });
      }),
    );
    const { user } = open(path);
    await user.click(await screen.findByRole("button", { name: "Decide" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("€74.97 of C-8WF9-9SQ3-6 go back from escrow");
    const send = within(dialog).getByRole("button", { name: "Refund €74.97" });
    expect(send).toBeDisabled();
    await user.type(within(dialog).getByLabelText("What was found"), "The picture shows it.");
    await user.click(send);
    await waitFor(() => expect(sent).toEqual([{ outcome: "refund", resolution: "The picture shows it." }]));
    expect(await screen.findByText("A second person is asked to approve it")).toBeVisible();
  });

  it("only shows them to who may not decide, and names the right", async () => {
    open(path);
    expect(await screen.findByText("One lid does not close.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Decide" })).toBeNull();
    expect(screen.getByText("campaigns:settle")).toBeVisible();
  });
});

describe("campaign rules", () => {
  it("halts with a reason, and refuses days that are none", async () => {
    may("campaigns:configure");
    let asked: unknown = null;
    server.use(
      http.post(api("/campaign-settings/stop-switch"), async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json({});
      }),
    );
    const { user } = open("/settings/campaigns");
    const days = await screen.findByLabelText("Days a supplier has to answer");
    await user.clear(days);
    await user.type(days, "0");
    expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
    await user.click(screen.getByRole("button", { name: "Halt new commitments" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Reason"), "The provider is away.");
    await user.click(within(dialog).getByRole("button", { name: "Halt new commitments" }));
    await waitFor(() => expect(asked).toEqual({ halted: true, reason: "The provider is away." }));
  });
});

describe("holidays", () => {
  it("adds and removes days, and saves them in their sequence", async () => {
    may("campaigns:configure");
    const sent: unknown[] = [];
    server.use(
      http.patch(api("/campaign-settings"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({});
      }),
    );
    const { user } = open("/settings/campaigns");
    const listed = await screen.findByRole("list", { name: "Holidays" });
    expect(within(listed).getByText("25 Dec 2026")).toBeVisible();
    const save = screen.getByRole("button", { name: "Save the holidays" });
    expect(save).toBeDisabled();
    for (const day of ["2027-01-01", "2026-12-24", "2027-01-01"]) {
      fireEvent.change(screen.getByLabelText("A day"), { target: { value: day } });
      await user.click(screen.getByRole("button", { name: "Add" }));
    }
    await user.click(screen.getByRole("button", { name: "Remove 25 Dec 2026" }));
    await user.click(save);
    await waitFor(() => expect(sent).toEqual([{ holidays: ["2026-12-24", "2027-01-01"] }]));
  });
});

describe("the test clock", () => {
  it("moves a sandbox on, and says by how much", async () => {
    const sandbox = { ...me, tenant: { ...me.tenant, is_sandbox: true, clock_offset_seconds: 259_200 } };
    const permissions = [...me.permissions, "tenancy:clock"];
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...sandbox, permissions })));
    let asked: unknown = null;
    server.use(
      http.post(api("/clock/advance"), async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json({ now: "2026-11-26T05:00:00Z", offset_seconds: 432_000 });
      }),
    );
    const { user } = open("/settings/profile");
    expect(await screen.findByText("The clock of this sandbox runs 3 days ahead.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Move it on" }));
    const dialog = await screen.findByRole("dialog", { name: "Test clock" });
    const count = within(dialog).getByLabelText("Move on by");
    await user.clear(count);
    await user.type(count, "2");
    await user.click(within(dialog).getByRole("button", { name: "Move on 2 days" }));
    await waitFor(() => expect(asked).toEqual({ seconds: 172_800 }));
  });
});

describe("the organisation's modules", () => {
  it("are switched by itself, what is in the way said first", async () => {
    let asked: unknown = null;
    server.use(
      http.patch(api("/modules/campaigns"), async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json({ ...modules[1], is_enabled: false });
      }),
    );
    const { user } = open("/settings/organisation");
    expect(await screen.findByRole("button", { name: "Switch off Payments" })).toBeDisabled();
    expect(screen.getByText("Switch off first: Campaigns")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Switch off Organisations" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Switch off Campaigns" }));
    await waitFor(() => expect(asked).toEqual({ is_enabled: false }));
    expect(await screen.findByText("Campaigns is off")).toBeVisible();
  });

  it("are not in the navigation while they are off", () => {
    const all = { ...me, permissions: [...me.permissions, "amc:read"] };
    expect(navFor(all).map((item) => item.to)).toContain("/campaigns");
    const tenant = me.tenant && { ...me.tenant, modules: ["amc"] };
    const shown = navFor({ ...all, tenant }).map((item) => item.to);
    expect(shown).not.toContain("/campaigns");
    expect(shown).toContain("/amc");
    expect(shown).toContain("/settings/members");
  });
});

describe("the organisation's own colours", () => {
  it("are saved only when they can be read", async () => {
    let asked: unknown = null;
    server.use(
      http.patch(api("/organisation"), async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json({});
      }),
    );
    const { user } = open("/settings/organisation");
    const colour = await screen.findByLabelText("Own colour");
    fireEvent.change(colour, { target: { value: "#ffd700" } });
    expect(screen.getByText("Contrast 1.40: at least 4.5 is needed")).toBeVisible();
    expect(screen.getByRole("button", { name: "Use these" })).toBeDisabled();
    fireEvent.change(screen.getByLabelText("Text on it"), { target: { value: "#1f1f1f" } });
    await user.click(screen.getByRole("button", { name: "Use these" }));
    await waitFor(() => expect(asked).toEqual({ theme: { accent: "#ffd700", on_accent: "#1f1f1f" } }));
  });

  it("paint the page", async () => {
    server.use(
      http.get(api("/organisation"), () =>
        HttpResponse.json({ id: "x", name: "Harbour", slug: "harbour", is_sandbox: false, theme_presets: {}, theme: { accent: "#5b2a86", on_accent: "#ffffff" } }),
      ),
    );
    startTheme();
    open("/settings/profile");
    const painted = () => document.documentElement.style.getPropertyValue("--primary");
    expect(painted()).toBe("");
    await waitFor(() => expect(painted()).toBe("#5b2a86"));
    expect(document.documentElement.style.getPropertyValue("--on-primary")).toBe("#ffffff");
    useUi.setState({ own: null });
    expect(painted()).toBe("");
  });
});

describe("the audit log", () => {
  it("shows what happened and how far it is sealed; the filter stands in the address", async () => {
    may("audit:read");
    const asked: string[] = [];
    server.events.on("request:start", ({ request }) => void asked.push(request.url));
    const { user, router } = open("/audit");
    expect(await screen.findByText("41 entries sealed")).toBeVisible();
    expect(await screen.findByText("Campaign moved")).toBeVisible();
    expect(screen.getAllByText(/20 Nov 2026, \d\d:\d\d:\d\d$/)[0]).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Add a filter" }));
    await user.click(await screen.findByRole("menuitem", { name: "tenancy" }));
    await waitFor(() => expect(router.state.location.search).toMatchObject({ name: "tenancy" }));
    await waitFor(() => expect(asked.some((url) => url.includes("/audit?name=tenancy"))).toBe(true));
  });
});

describe("a count", () => {
  it("is capped until it is pressed, then exact", async () => {
    server.use(
      http.get(api("/campaigns"), ({ request }) => {
        const exact = new URL(request.url).searchParams.get("exact") === "true";
        return HttpResponse.json({
          items: [campaign(0)],
          next_cursor: null,
          count: exact ? { value: 123_456, capped: false } : { value: 10_000, capped: true },
        });
      }),
    );
    const { user } = open("/campaigns");
    await user.click(await screen.findByRole("button", { name: "10,000+ campaigns" }));
    expect(await screen.findByText("123,456 campaigns")).toBeVisible();
  });

  it("sorts by one more column with Shift", async () => {
    const asked: string[] = [];
    server.use(
      http.get(api("/campaigns"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("sort") ?? "");
        return HttpResponse.json({ items: [campaign(0)], next_cursor: null });
      }),
    );
    open("/campaigns?sort=title");
    fireEvent.click(await screen.findByRole("button", { name: /^Deadline/ }), { shiftKey: true });
    await waitFor(() => expect(asked.at(-1)).toMatch(/^title,-?deadline_at$/));
  });
});
