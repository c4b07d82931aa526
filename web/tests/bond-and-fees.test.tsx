import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";

import { bondPayment, fee, providerAction } from "./fixtures/bond";
import { campaign } from "./fixtures/campaigns";
import { finance } from "./fixtures/desk";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const permitted = [...finance.permissions, "campaigns:books", "campaigns:organise", "campaigns:configure"];

/** Notes what is sent to a path, and answers it. */
function noted(method: "post" | "patch", path: string, answer: object, status = 200) {
  const sent: { body: unknown; key: string | null }[] = [];
  server.use(
    http[method](api(path), async ({ request }) => {
      sent.push({ body: await request.json(), key: request.headers.get("idempotency-key") });
      return HttpResponse.json(answer, { status });
    }),
  );
  return sent;
}

beforeEach(() => {
  signedInBefore();
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...finance, permissions: permitted })));
});

describe("the bond", () => {
  it("is paid into with the amount named before the press", async () => {
    const sent = noted("post", "/campaign-bond/payments", bondPayment, 202);
    const { user } = open("/desk/bond");
    expect(await screen.findByText("Paid in")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Pay into the bond" }));
    expect(await screen.findByRole("button", { name: "Pay in" })).toBeDisabled();
    await user.type(screen.getByLabelText(/^Amount/), "12.50");
    await user.clear(screen.getByLabelText(/^Payment method/));
    await user.type(screen.getByLabelText(/^Payment method/), "pm_ok");
    await user.click(screen.getByRole("button", { name: "Pay in €12.50" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toEqual({ amount_minor: 1250, currency: "EUR", payment_method: "pm_ok" });
    expect(sent[0]?.key).not.toBeNull();
  });

  it("is not shown to who may not read the books", async () => {
    server.use(
      http.get(api("/auth/me"), () =>
        HttpResponse.json({ ...finance, permissions: finance.permissions.filter((name) => name !== "campaigns:books") }),
      ),
    );
    open("/desk/bond");
    expect(await screen.findByText("campaigns:books")).toBeVisible();
  });
});

describe("fees", () => {
  it("say what the bond has not borne", async () => {
    open(`/desk/fees?row=${fee.id}`);
    expect((await screen.findAllByText("€0.50 not borne")).length).toBeGreaterThan(0);
  });

  it("are recorded in the books of their campaign, once for each reference", async () => {
    const sent = noted("post", `/campaigns/${campaign(2).id}/provider-charges`, fee, 201);
    const { user } = open(`/campaigns/${campaign(2).id}?tab=books`);
    await user.click(await screen.findByRole("button", { name: "Record a fee" }));
    await user.type(await screen.findByLabelText(/^Amount, EUR/), "0.90");
    await user.type(screen.getByLabelText(/^Reference at the provider/), "fee_7");
    await user.click(screen.getByRole("button", { name: "Book €0.90" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toEqual({ kind: "provider_fee", amount_minor: 90, reference: "fee_7" });
  });
});

describe("a fee recorded wrongly", () => {
  const corrections = `/campaign-provider-charges/${fee.id}/corrections`;
  const answerFee = (more: object) =>
    server.use(http.get(api("/campaign-provider-charges"), () => HttpResponse.json({ items: [{ ...fee, ...more }], next_cursor: null })));

  it("is corrected to an amount that another person books", async () => {
    const sent = noted("post", corrections, { approval_id: "01990000-0000-7000-8000-000000000701" }, 202);
    const { user } = open(`/desk/fees?row=${fee.id}`);
    await user.click(await screen.findByRole("button", { name: "Correct the amount" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Correct a fee" }));
    expect(dialog.getByText(/stands at €0\.90/)).toBeVisible();
    const ask = dialog.getByRole("button", { name: "Ask a second person" });
    const right = dialog.getByLabelText(/^It should be, EUR/);
    await user.type(dialog.getByLabelText("Reason"), "The invoice says otherwise.");
    for (const typed of ["0.90", "-1", "12,345x"]) {
      await user.clear(right);
      await user.type(right, typed);
      expect(ask).toBeDisabled();
    }
    await user.clear(right);
    await user.type(right, "0.50");
    expect(dialog.getByText("An entry of €0.40 lowers it.")).toBeVisible();
    await user.click(ask);
    await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ right_minor: 50, reason: "The invoice says otherwise." }]));
    expect(sent[0]?.key).not.toBeNull();
    expect(await screen.findByRole("dialog", { name: "Waits for a second person" })).toBeVisible();
  });

  it("says why it was refused, and keeps what was typed", async () => {
    server.use(http.post(api(corrections), () => refusal(409, "manual_entry_not_possible", "Not now", { detail: "The fee was corrected meanwhile: look at it anew." })));
    const { user } = open(`/desk/fees?row=${fee.id}`);
    await user.click(await screen.findByRole("button", { name: "Correct the amount" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText(/^It should be/), "0");
    await user.type(dialog.getByLabelText("Reason"), "Never taken.");
    await user.click(dialog.getByRole("button", { name: "Ask a second person" }));
    expect(await dialog.findByText(/look at it anew/)).toBeVisible();
    expect(dialog.getByLabelText("Reason")).toHaveValue("Never taken.");
  });

  it("shows what was recorded first beside what it stands at; a loss is decided elsewhere", async () => {
    answerFee({ correction_minor: -40, recharged_minor: 50 });
    const { view } = open(`/desk/fees?row=${fee.id}`);
    const drawer = within(await screen.findByRole("complementary", { name: /Peek/ }));
    expect(drawer.getByRole("heading", { name: "€0.50" })).toBeVisible();
    expect(drawer.getByText("Recorded first").nextElementSibling).toHaveTextContent("€0.90");
    view.unmount();
    queryClient.clear();
    answerFee({ kind: "dispute_loss" });
    open(`/desk/fees?row=${fee.id}`);
    expect((await screen.findAllByText("Lost dispute")).length).toBeGreaterThan(0);
    expect(screen.queryByRole("button", { name: "Correct the amount" })).toBeNull();
  });
});

describe("what was done at the provider", () => {
  it("is borne by the bond when another person approves it, where nobody held the money", async () => {
    const sent = noted("post", `/campaign-provider-actions/${providerAction.id}/loss`, { approval_id: "01990000-0000-7000-8000-000000000701" }, 202);
    const { user } = open(`/desk/provider-actions?row=${providerAction.id}`);
    await user.click(await screen.findByRole("button", { name: "Let the bond bear it" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Let the bond bear a refund" }));
    expect(dialog.getByText(/€25\.00 \(re_9\) has left the provider/)).toBeVisible();
    const ask = dialog.getByRole("button", { name: "Ask a second person" });
    expect(ask).toBeDisabled();
    await user.type(dialog.getByLabelText("Reason"), "Refunded twice there.");
    await user.click(ask);
    await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ reason: "Refunded twice there." }]));
    expect(await screen.findByRole("dialog", { name: "Waits for a second person" })).toBeVisible();
  });

  it("is told with why it is not in the books", async () => {
    open(`/desk/provider-actions?state=unmirrored&row=${providerAction.id}`);
    expect(await screen.findByText("More was refunded there than is in escrow here.")).toBeVisible();
    expect(screen.getByRole("link", { name: "The register of exceptions has it" })).toBeVisible();
  });
});

describe("a campaign's organiser", () => {
  const shown = { ...campaign(4), state: "inspecting", visibility: "published", inspection_ends_at: "2026-12-30T12:00:00Z" };
  const path = `/campaigns/${shown.id}`;

  it("gives members longer to inspect, once, and says why", async () => {
    server.use(http.get(api(path), () => HttpResponse.json(shown)));
    const sent = noted("post", `${path}/inspection-extension`, shown);
    const { user } = open(path);
    await user.click(await screen.findByRole("button", { name: "Give longer to inspect" }));
    await user.type(await screen.findByLabelText(/^New end/), "2027-01-05T12:00");
    await user.type(screen.getByLabelText("Why"), "Half arrived late.");
    await user.click(screen.getByRole("button", { name: "Move the end" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toMatchObject({ reason: "Half arrived late." });
    server.use(http.get(api(path), () => HttpResponse.json({ ...shown, inspection_extended_at: "2026-12-28T12:00:00Z" })));
  });

  it("hides it at once, and takes that back", async () => {
    server.use(http.get(api(path), () => HttpResponse.json(shown)));
    const sent = noted("patch", path, { ...shown, visibility: "hidden" });
    const { user } = open(path);
    await user.click(await screen.findByRole("button", { name: "Hide" }));
    await user.click(await screen.findByRole("button", { name: "Undo" }));
    await waitFor(() => expect(sent.map(({ body }) => body)).toEqual([{ visibility: "hidden" }, { visibility: "published" }]));
  });
});

describe("income and collection", () => {
  it("are settings in per cent and hours, and refuse what is none", async () => {
    const sent = noted("patch", "/campaign-settings", {});
    const { user } = open("/settings/campaigns");
    await user.click(await screen.findByRole("combobox", { name: "What this organisation earns" }));
    await user.click(await screen.findByRole("option", { name: /^A fee/ }));
    const share = screen.getByLabelText(/^Fee, in %/);
    await user.clear(share);
    await user.type(share, "80");
    expect(screen.getByText("Enter a percentage from 0 to 50")).toBeVisible();
    await user.clear(share);
    await user.type(share, "2.5");
    const hours = screen.getByLabelText(/^Hours in which last payments/);
    await user.clear(hours);
    await user.type(hours, "48");
    await user.click(screen.getByRole("button", { name: "Save income and collection" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.body).toEqual({
      revenue: "fee",
      fee_basis_points: 250,
      fee_fixed_minor: 0,
      fee_tax_basis_points: 0,
      collection_window_seconds: 172800,
    });
  });
});
