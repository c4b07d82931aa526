import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";

import { commitment } from "./fixtures/campaigns";
import { ownDelivery } from "./fixtures/delivery";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const page = `/commitments/${commitment.id}`;
const path = api(page);

beforeEach(signedInBefore);

describe("a member's delivery", () => {
  it("shows the address and changes it by its five parts", async () => {
    let sent: unknown;
    server.use(
      http.put(`${path}/delivery-address`, async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(commitment);
      }),
    );
    const { user } = open(page);
    expect(await screen.findByText(/12 Harbour Road/)).toHaveTextContent("Norway");
    await user.click(screen.getByRole("button", { name: "Change the address" }));
    const dialog = await screen.findByRole("dialog");
    const street = within(dialog).getByLabelText("Street and number");
    await user.clear(street);
    expect(within(dialog).getByRole("button", { name: "Keep this address" })).toBeDisabled();
    await user.type(street, "7 Quay{Enter}");
    await waitFor(() => expect(sent).toEqual({ ...ownDelivery.address, street: "7 Quay" }));
  });

  it("says why the server refused, and keeps what was typed", async () => {
    server.use(http.put(`${path}/delivery-address`, () => refusal(409, "delivery_data_locked", "The delivery address cannot be changed now")));
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "Change the address" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Keep this address" }));
    expect(await within(dialog).findByRole("alert")).toHaveTextContent("cannot be changed now");
    expect(within(dialog).getByLabelText("Recipient")).toHaveValue("Mira Okafor");
  });

  it("offers nothing when nothing can be done, and the place of a bulk delivery", async () => {
    server.use(
      http.get(`${path}/delivery`, () =>
        HttpResponse.json({
          ...ownDelivery,
          delivery_strategy: "bulk_to_consolidation",
          address: null,
          can_change: false,
          consolidation_point: { id: commitment.id, name: "Pier 4", address: "Harbour Road 4" },
        }),
      ),
    );
    open(page);
    expect(await screen.findByText("Pier 4")).toBeVisible();
    expect(screen.queryByRole("button", { name: /address/ })).toBeNull();
  });

  it("notes that the units have arrived", async () => {
    let noted = 0;
    server.use(
      http.get(`${path}/delivery`, () => HttpResponse.json({ ...ownDelivery, can_change: false, can_confirm: true })),
      http.post(`${path}/receipt`, () => {
        noted += 1;
        return HttpResponse.json(commitment);
      }),
    );
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "My units have arrived" }));
    await waitFor(() => expect(noted).toBe(1));
  });

  it("keeps the rest of the page readable when the delivery does not come", async () => {
    server.use(http.get(`${path}/delivery`, () => refusal(500, "internal", "Something broke here")));
    open(page);
    expect(await screen.findByText("Something broke here")).toBeVisible();
    expect(screen.getByText("Into escrow at Sandbox Escrow")).toBeVisible();
  });
});

describe("a member's money and shares", () => {
  it("are the parts that sum to what was taken into escrow", async () => {
    open(page);
    const parts = await screen.findByLabelText("Where each part is");
    expect(parts).toHaveTextContent("In escrow at the provider€37.50");
    expect(parts).toHaveTextContent("Back with your original payment method€12.50");
    expect(parts).toHaveTextContent("In all, as taken into escrow€50.00");
    expect(parts).not.toHaveTextContent("Held apart");
  });

  it("show what each published share released of this commitment", async () => {
    open(page);
    expect(await screen.findByText("Of your commitment €12.50 was released.")).toBeVisible();
    expect(screen.getByText("Evidence is in")).toBeVisible();
    expect(screen.getByText("kiln-log.pdf")).toBeVisible();
    expect(screen.queryByRole("button", { name: "kiln-log.pdf" })).toBeNull();
  });
});

const consent = { units: 2, unit_price_minor: 1250, amount_minor: 2500, back_minor: 2500, answer: null, answer_by: "2026-11-24T17:00:00Z" };
const asked = { ...commitment, can_withdraw: false, consent };

describe("consent to a part", () => {
  it("names what stays, what goes back and what silence means before one agrees", async () => {
    let sent: unknown;
    let key: string | null = null;
    server.use(
      http.get(path, () => HttpResponse.json(asked)),
      http.post(`${path}/consent`, async ({ request }) => {
        sent = await request.json();
        key = request.headers.get("idempotency-key");
        return HttpResponse.json({ ...asked, consent: { ...consent, answer: "agree" } });
      }),
    );
    const { user } = open(page);
    expect(await screen.findByText(/The rest, €25.00, returns from escrow/)).toBeVisible();
    expect(screen.getByText(/Without an answer by the date above, your whole amount goes back/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Agree to the part" }));
    await user.click(await screen.findByRole("button", { name: "Agree: €25.00 stays, €25.00 back" }));
    await waitFor(() => expect(sent).toEqual({ answer: "agree" }));
    expect(key).not.toBeNull();
  });

  it("lets one leave after agreeing, and asks nothing once it is decided", async () => {
    server.use(http.get(path, () => HttpResponse.json({ ...asked, consent: { ...consent, answer: "agree" } })));
    const first = open(page);
    expect(await screen.findByText("You agreed")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Agree to the part" })).toBeNull();
    expect(screen.getByRole("button", { name: "Leave with a full refund" })).toBeVisible();
    first.view.unmount();
    queryClient.clear();
    server.use(http.get(path, () => HttpResponse.json({ ...asked, state: "allocated", units_allocated: 2, consent: { ...consent, answer: "agree" } })));
    server.use(http.get(`${path}/notices`, () => HttpResponse.json({ items: [] })));
    open(page);
    expect(await screen.findByText("You agreed")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Leave with a full refund" })).toBeNull();
  });
});
