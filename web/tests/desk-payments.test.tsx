import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { campaign } from "./fixtures/campaigns";
import { finance, instruction, payout } from "./fixtures/desk";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, server } from "./server";

const settling = () => server.use(http.get(api("/auth/me"), () => HttpResponse.json(finance)));
const waiting = { approval_id: "01990000-0000-7000-8000-000000000701" };

/** Notes what is sent to a path, and answers it. */
function noted(path: string, answer: object, status = 200) {
  const sent: { body: unknown; key: string | null }[] = [];
  server.use(
    http.post(api(path), async ({ request }) => {
      sent.push({ body: await request.json(), key: request.headers.get("idempotency-key") });
      return HttpResponse.json(answer, { status });
    }),
  );
  return sent;
}

beforeEach(() => {
  signedInBefore();
  settling();
});

describe("a refused payment to the supplier", () => {
  it("tells its story and is instructed again with a reason", async () => {
    const sent = noted(`/campaigns/${payout.campaign_id}/transitions`, { ...campaign(2), ...waiting }, 202);
    const { user } = open(`/desk/payouts?state=failed&row=${payout.id}`);
    expect(await screen.findByText("Refused by the provider")).toBeVisible();
    expect(screen.getByText(instruction.failure_code?.replaceAll("_", " ") ?? "")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Instruct it again" }));
    const pay = await screen.findByRole("button", { name: "Pay €3,424.00" });
    expect(pay).toBeDisabled();
    await user.type(screen.getByLabelText("Reason"), "The account was corrected.");
    await user.click(pay);
    expect(await screen.findByRole("dialog", { name: "Waits for a second person" })).toBeVisible();
    expect(sent[0]?.body).toEqual({ name: "retry_payout", reason: "The account was corrected." });
  });
});

describe("refunding many", () => {
  const shown = { count: 12, units: 30, amount_minor: 36000, left_minor: 9000, left_out: 2, currency: "EUR", effect: "12 commitments go on; €360.00 of them is refunded." };
  const path = `/campaigns/${campaign(0).id}/refunds`;

  it("is previewed first; the second person gets exactly those figures", async () => {
    server.use(http.get(api("/campaigns"), () => HttpResponse.json({ items: [{ ...campaign(0), totals: { ...campaign(0).totals, escrow_minor: 45000 } }], next_cursor: null })));
    const looked = noted(`${path}/preview`, shown);
    const sent = noted(path, waiting, 202);
    const { user } = open(`/desk/refund-many?campaign=${campaign(0).id}`);
    await user.click(await screen.findByRole("combobox", { name: "What goes back" }));
    await user.click(await screen.findByRole("option", { name: "So much for each unit" }));
    await user.type(screen.getByLabelText("Amount for each unit, EUR"), "12.00");
    await user.type(screen.getByLabelText("In words"), "One handle is loose.");
    await user.click(screen.getByRole("button", { name: "Show what would happen" }));
    expect(await screen.findByText(shown.effect)).toBeVisible();
    expect(looked[0]?.body).toEqual({ amount_per_unit_minor: 1200, reason_code: "admin_manual", reason: "One handle is loose." });
    await user.type(screen.getByLabelText("In words"), " Again.");
    expect(screen.queryByText(shown.effect)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show what would happen" }));
    await user.click(await screen.findByRole("button", { name: "Ask a second person to refund €360.00" }));
    expect(await screen.findByRole("dialog", { name: "Waits for a second person" })).toBeVisible();
    expect(sent[0]?.body).toMatchObject({ expected_count: 12, expected_amount_minor: 36000 });
  });

  it("is for those who settle", async () => {
    server.use(http.get(api("/auth/me"), () => HttpResponse.json(me)));
    open("/desk/refund-many");
    expect(await screen.findByText("campaigns:settle")).toBeVisible();
  });
});
