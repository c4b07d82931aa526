import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { milestones, supplierCampaign } from "./fixtures/delivery";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const list = (campaign: object) =>
  server.use(
    http.get(api("/supplier/campaigns"), () => HttpResponse.json({ items: [{ ...supplierCampaign, ...campaign }], next_cursor: null })),
  );
const own = api(`/supplier/campaigns/${supplierCampaign.id}`);

beforeEach(() => {
  signedInBefore();
  server.use(http.get(api("/supplier/payouts"), () => HttpResponse.json({ items: [], next_cursor: null })));
});

describe("the supplier's answer", () => {
  it("may be fewer units, never below the published least, and says what that means", async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(`${own}/accept`, async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(supplierCampaign);
      }),
    );
    const { user } = open("/supplier");
    await user.click(await screen.findByRole("button", { name: "Accept" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("combobox", { name: "What you accept" }));
    await user.click(await screen.findByRole("option", { name: "Fewer units" }));
    const units = within(dialog).getByLabelText("Units you accept");
    await user.type(units, "99");
    expect(within(dialog).getByText("Enter a number from 100 to 213")).toBeVisible();
    await user.clear(units);
    await user.type(units, "150");
    expect(dialog).toHaveTextContent("Who does not agree is refunded in full");
    expect(dialog).toHaveTextContent("For 150 units you receive €2,400.00");
    await user.click(within(dialog).getByRole("button", { name: "Accept 150 units" }));
    await waitFor(() => expect(sent).toEqual([{ units: 150 }]));
  });

  it("is not asked for again while the members are asked", async () => {
    list({ accepted_units: 150, consent_until: "2026-11-24T17:00:00Z" });
    open("/supplier");
    expect(await screen.findByText(/You accepted 150 units/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Accept" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Decline" })).toBeNull();
  });
});

describe("the supplier's delivery", () => {
  it("takes a manifest that names people only after saying so", async () => {
    list({ state: "fulfilling", delivery_strategy: "supplier_direct" });
    server.use(http.post(api("/campaigns/*/manifest.csv"), () => refusal(409, "manifest_not_ready", "There is no manifest now")));
    const { user } = open("/supplier");
    await user.click(await screen.findByRole("button", { name: "Manifest" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("It names each member who is delivered to");
    await user.click(within(dialog).getByRole("button", { name: "Take it out as CSV" }));
    expect((await screen.findAllByText("There is no manifest now")).length).toBeGreaterThan(0);
  });

  it("gives an uploaded file as evidence of an undecided share", async () => {
    list({ state: "fulfilling" });
    let given: unknown;
    server.use(
      http.post(api("/files"), ({ request }) => {
        expect(new URL(request.url).searchParams.get("purpose")).toBe("campaign_evidence");
        return HttpResponse.json({ id: "01990000-0000-7000-8000-0000000009aa" }, { status: 201 });
      }),
      http.post(api(`/milestones/${milestones[1]?.id ?? ""}/evidence`), async ({ request }) => {
        given = await request.json();
        return HttpResponse.json({}, { status: 201 });
      }),
    );
    const { user } = open("/supplier");
    await user.click(await screen.findByRole("button", { name: "Give more evidence" }));
    const dialog = await screen.findByRole("dialog", { name: "Evidence for “Fired”" });
    const send = within(dialog).getByRole("button", { name: "Give as evidence" });
    expect(send).toBeDisabled();
    await user.upload(within(dialog).getByLabelText("File"), new File(["%PDF-1.7"], "log.pdf", { type: "application/pdf" }));
    await user.type(within(dialog).getByLabelText(/What it shows/), "The last firing");
    await user.click(send);
    await waitFor(() =>
      expect(given).toEqual({ file_id: "01990000-0000-7000-8000-0000000009aa", note: "The last firing", taken_at: null }),
    );
  });

  it("keeps the campaign readable when its shares do not come", async () => {
    list({ state: "fulfilling" });
    server.use(http.get(`${own}/milestones`, () => refusal(403, "permission_denied", "No", { permission: "campaigns:supply" })));
    open("/supplier");
    expect(await screen.findByText("campaigns:supply")).toBeVisible();
    expect(screen.getByRole("button", { name: "Report a step" })).toBeVisible();
  });
});
