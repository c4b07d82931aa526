import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { Proposal } from "@/apps/campaigns/proposals/types";

import { campaign } from "./fixtures/campaigns";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const draft = campaign(3);
const proposal: Proposal = {
  id: "01990000-0000-7000-8000-000000000901",
  campaign_id: draft.id,
  campaign_reference: draft.reference,
  campaign_title: draft.title,
  product_name: draft.product.name,
  goal_units: 240,
  deadline_at: null,
  state: "draft",
  units_max: null,
  unit_price_minor: null,
  currency: "EUR",
  note: null,
  counter_units_max: null,
  counter_unit_price_minor: null,
  counter_note: null,
  reason: null,
  expires_at: null,
  asked_at: "2026-11-20T10:00:00Z",
  version: 1,
};
const submitted = { ...proposal, state: "submitted", units_max: 300, unit_price_minor: 1400, expires_at: "2026-11-30T10:00:00Z" };
const page = (...items: object[]) => HttpResponse.json({ items, next_cursor: null });

beforeEach(() => {
  signedInBefore();
  server.use(http.get(api("/supplier/payouts"), () => page()));
});

describe("a supplier's proposal", () => {
  it("names price, units and how long it stands before it is sent", async () => {
    let sent: unknown;
    server.use(
      http.get(api("/supplier/proposals"), () => page(proposal)),
      http.post(api(`/supplier/proposals/${proposal.id}/submit`), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(submitted);
      }),
    );
    const { user } = open("/supplier");
    await user.click(await screen.findByRole("button", { name: "Propose your terms" }));
    const dialog = await screen.findByRole("dialog");
    const send = within(dialog).getByRole("button", { name: "Propose" });
    await user.type(within(dialog).getByLabelText("Price a unit, EUR"), "14");
    await user.type(within(dialog).getByLabelText("At most units"), "300");
    expect(send).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Stands until"), "2026-11-30T10:00");
    expect(dialog).toHaveTextContent("€14.00 for each of at most 300 units. Members never see this price.");
    await user.click(send);
    await waitFor(() => expect(sent).toMatchObject({ units_max: 300, unit_price_minor: 1400, note: null }));
  });

  it("is withdrawn with a reason, and only while it is open", async () => {
    let sent: unknown;
    server.use(
      http.get(api("/supplier/proposals"), () => page(submitted, { ...submitted, id: "01990000-0000-7000-8000-000000000902", state: "expired" })),
      http.post(api(`/supplier/proposals/${proposal.id}/withdraw`), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json({ ...submitted, state: "withdrawn" });
      }),
    );
    const { user } = open("/supplier");
    expect(await screen.findByText("Expired")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Withdraw" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Reason"), "The kiln is full.");
    await user.click(within(dialog).getByRole("button", { name: "Withdraw" }));
    await waitFor(() => expect(sent).toEqual({ reason: "The kiln is full." }));
  });
});

describe("what the organiser does with it", () => {
  const path = api(`/campaigns/${draft.id}/proposals`);

  it("is asked for in a draft and accepted into it", async () => {
    let accepted = 0;
    server.use(
      http.get(path, () => page(submitted)),
      http.post(api(`/proposals/${proposal.id}/accept`), () => {
        accepted += 1;
        return HttpResponse.json({ ...submitted, state: "accepted" });
      }),
    );
    const { user } = open(`/campaigns/${draft.id}`);
    expect(await screen.findByText("Stands until")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Ask for a proposal" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Accept into the draft" }));
    await waitFor(() => expect(accepted).toBe(1));
  });

  it("has an empty state with the first step, and says what broke", async () => {
    const first = open(`/campaigns/${draft.id}`);
    expect(await screen.findByRole("button", { name: "Ask for a proposal" })).toBeVisible();
    first.view.unmount();
    server.use(http.get(path, () => refusal(500, "internal", "Something broke here")));
    open(`/campaigns/${campaign(0).id}`);
    expect(await screen.findByText("In escrow")).toBeVisible();
  });
});
