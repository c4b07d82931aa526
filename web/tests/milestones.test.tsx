import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { toSpecification } from "@/apps/campaigns/organiser/specification";
import { wrongMilestones } from "@/apps/campaigns/organiser/milestone-values";

import { campaign, pier } from "./fixtures/campaigns";
import { milestones, product } from "./fixtures/delivery";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const may = (...more: string[]) =>
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: [...me.permissions, ...more] })));
const fulfilling = campaign(4);
const tab = (name: string) => `/campaigns/${fulfilling.id}?tab=${name}`;

describe("milestones of a campaign", () => {
  it("name share, effect and escrow before one is approved, and say who agrees next", async () => {
    may("campaigns:settle");
    let sent: unknown;
    server.use(
      http.get(api("/approvals"), () => HttpResponse.json({ items: [], next_cursor: null })),
      http.post(api(`/milestones/${milestones[1]?.id ?? ""}/approve`), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).toBeTruthy();
        sent = await request.json();
        return HttpResponse.json(milestones[1]);
      }),
    );
    const { user } = open(tab("milestones"));
    await user.click(await screen.findByRole("button", { name: "Approve the release" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("25 % of what each member committed leaves escrow for Kiln & Daughters");
    const send = within(dialog).getByRole("button", { name: "Approve the release of 25 %" });
    expect(send).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Reason"), "The log is whole.");
    await user.click(send);
    await waitFor(() => expect(sent).toEqual({ reason: "The log is whole." }));
    expect(await screen.findByText("A second person is asked to approve it")).toBeVisible();
  });

  it("are only read by who may not decide, and the right is named", async () => {
    open(tab("milestones"));
    expect(await screen.findByText("Fired")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Approve the release" })).toBeNull();
    expect(screen.getByText("campaigns:settle")).toBeVisible();
  });

  it("have empty, error and planned states", async () => {
    open(`/campaigns/${campaign(0).id}?tab=milestones`);
    expect(await screen.findByText("No share before the inspection")).toBeVisible();
  });

  it("say what broke", async () => {
    server.use(http.get(api("/campaigns/*/milestones"), () => refusal(500, "internal", "Something broke here")));
    open(tab("milestones"));
    expect(await screen.findByRole("alert")).toHaveTextContent("req-0f3a");
  });

  it("are a plan whose shares sum to the whole, one after the other", () => {
    const share = (per_cent: string, due_at: string) => ({ title: "A share", per_cent, due_at, auto_hours: "", is_upfront: false });
    expect(wrongMilestones([share("40", "2027-01-01T10:00"), share("60", "2027-02-01T10:00")])).toEqual([]);
    const wrong = wrongMilestones([share("40", "2027-03-01T10:00"), share("50.5", "2027-02-01T10:00")]);
    expect(wrong.map(({ path }) => path.join("."))).toEqual(["milestones.1.due_at", "milestones.root"]);
    expect(wrong[1]?.message).toContain("90.5 %");
  });
});

describe("the manifest", () => {
  it("is shown on demand once units are allocated", async () => {
    const allocated = { ...fulfilling, allocated_at: "2026-12-20T10:00:00Z", units_allocated: 120 };
    let looks = 0;
    server.use(
      http.get(api(`/campaigns/${fulfilling.id}`), () => HttpResponse.json(allocated)),
      http.post(api(`/campaigns/${fulfilling.id}/manifest`), () => {
        looks += 1;
        const row = { reference: "C-1", units: 4, sku: "SW", consolidation_point: pier.name, address: pier.address };
        return HttpResponse.json({ reference: "HC-1", strategy: "bulk", columns: Object.keys(row), units: 4, rows: [row] });
      }),
    );
    const { user } = open(tab("delivery"));
    await user.click(await screen.findByRole("button", { name: "Show it here" }));
    expect(await within(await screen.findByRole("table", { name: "Manifest" })).findByText("C-1")).toBeVisible();
    expect(looks).toBe(1);
  });

  it("is not there before", async () => {
    open(tab("delivery"));
    expect(await screen.findByText("No manifest now")).toBeVisible();
  });
});

describe("what a published campaign keeps", () => {
  it("can be read in the form and not changed, and each field says why", async () => {
    open(`/campaigns/${campaign(0).id}/edit`);
    const title = await screen.findByLabelText("Title");
    expect(title).toHaveAttribute("readonly");
    expect(title).toHaveAccessibleDescription("Locked: it is part of the published rules.");
    expect(screen.getByLabelText("Summary")).not.toHaveAttribute("readonly");
    expect(await screen.findByRole("combobox", { name: "Supplier" })).toBeDisabled();
    expect(screen.queryByRole("button", { name: "Add a share" })).toBeNull();
  });

  it("is nothing of a draft", async () => {
    open(`/campaigns/${campaign(3).id}/edit`);
    expect(await screen.findByLabelText("Title")).not.toHaveAttribute("readonly");
    expect(screen.queryByText(/^Locked:/)).toBeNull();
    expect(await screen.findByRole("button", { name: "Add a share" })).toBeVisible();
  });
});

describe("products and places", () => {
  it("are kept with a specification of lines", async () => {
    let sent: unknown;
    server.use(
      http.post(api("/campaign-products"), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json({ ...product, name: "Bowl" }, { status: 201 });
      }),
    );
    const { user } = open("/campaign-products");
    await user.click(await screen.findByRole("button", { name: /Add a product/ }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("SKU"), "BW-1");
    await user.type(within(dialog).getByLabelText("Name"), "Bowl");
    await user.type(within(dialog).getByLabelText(/Specification/), "Volume: 1 l");
    await user.click(within(dialog).getByRole("button", { name: "Keep" }));
    await waitFor(() => expect(sent).toEqual({ sku: "BW-1", name: "Bowl", description: null, specification: { Volume: "1 l" } }));
  });

  it("are archived with the version that was read", async () => {
    let tag: string | null = null;
    server.use(
      http.patch(api(`/campaign-products/${product.id}`), ({ request }) => {
        tag = request.headers.get("if-match");
        return HttpResponse.json(product);
      }),
    );
    const { user } = open("/campaign-products");
    await user.click(await screen.findByRole("button", { name: "Archive" }));
    await waitFor(() => expect(tag).toBe('"2"'));
  });

  it("have empty, error and place states", async () => {
    server.use(http.get(api("/campaign-products"), () => HttpResponse.json({ items: [], next_cursor: null })));
    const { user } = open("/campaign-products");
    expect(await screen.findByText("No product yet")).toBeVisible();
    await user.click(screen.getByRole("tab", { name: "Consolidation points" }));
    expect(await screen.findByText(pier.name)).toBeVisible();
  });

  it("read a specification only when each line has a name of its own", () => {
    expect(toSpecification("Volume: 1 l\n\nClay: grey")).toEqual({ Volume: "1 l", Clay: "grey" });
    for (const wrong of ["Volume", ": 1 l", "Volume:", "A: 1\nA: 2"]) expect(toSpecification(wrong)).toBeNull();
  });
});
