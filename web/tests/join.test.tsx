import { screen, waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { useWizard } from "@/apps/campaigns/member/wizard";

import { commitment, publicCampaign } from "./fixtures/campaigns";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const page = "/o/harbour/campaigns/campaign-0";
const commitPath = api(`/campaigns/${publicCampaign.id}/commitments`);

beforeEach(() => {
  signedInBefore();
  useWizard.setState({ byCampaign: {} });
});

async function walkToConfirm() {
  const { user, router } = open(`${page}/join`);
  const units = await screen.findByLabelText("How many units");
  await user.clear(units);
  await user.type(units, "4");
  for (const heading of ["How it works", "The path of the money", "What happens next", "Confirm"]) {
    await user.click(screen.getByRole("button", { name: "Go on" }));
    await screen.findByRole("heading", { level: 1, name: heading });
  }
  return { user, router };
}

describe("public campaign page", () => {
  it("puts the rules before the picture and the picture before the one action", async () => {
    const { view } = open(page);
    const rule = await screen.findByRole("heading", { name: "The goal decides" });
    const picture = screen.getByRole("img");
    const join = screen.getByRole("link", { name: "Join this campaign" });
    const after = Node.DOCUMENT_POSITION_FOLLOWING;
    expect(rule.compareDocumentPosition(picture) & after).toBe(after);
    expect(picture.compareDocumentPosition(join) & after).toBe(after);
    expect(view.container.querySelectorAll("main .bg-primary")).toHaveLength(1);
  });

  it("shows the deadline with its zone, and no price to a stranger", async () => {
    localStorage.clear();
    server.use(http.get(api("/public/*/campaigns/*"), () => HttpResponse.json({ ...publicCampaign, unit_price_minor: null })));
    open(page);
    expect(await screen.findByText("Fri 18 Dec 2026, 18:00 CET")).toBeVisible();
    expect(screen.getByText("Shown after signing in")).toBeVisible();
  });
});

describe("join flow", () => {
  it("needs both acknowledgements, sends them, and never an amount", async () => {
    let sent: Record<string, unknown> = {};
    server.use(
      http.post(commitPath, async ({ request }) => {
        expect(request.headers.get("idempotency-key")).not.toBeNull();
        sent = (await request.json()) as Record<string, unknown>;
        return HttpResponse.json(commitment, { status: 202 });
      }),
    );
    const { user, router } = await walkToConfirm();
    const send = screen.getByRole("button", { name: "Commit and lock funds" });
    const [escrow, mayNot] = screen.getAllByRole("checkbox");
    if (escrow === undefined || mayNot === undefined) throw new Error("two acknowledgements are asked for");
    expect(send).toBeDisabled();
    await user.click(escrow);
    expect(send).toBeDisabled();
    await user.click(mayNot);
    expect(send).toBeEnabled();
    await user.click(send);
    await waitFor(() => expect(router.state.location.pathname).toBe(`/commitments/${commitment.id}`));
    expect(sent).not.toHaveProperty("delivery");
    expect(sent).toMatchObject({
      units: 4,
      acknowledged_escrow_terms: true,
      acknowledged_may_not_succeed: true,
      terms_version: "2026-10",
    });
    expect(Object.keys(sent).join(" ")).not.toMatch(/amount|price/);
  });

  it("repeats the same commitment when no answer came, and says so", async () => {
    const seen: string[] = [];
    server.use(
      http.post(commitPath, async ({ request }) => {
        const { id } = (await request.json()) as { id: string };
        seen.push(`${id} ${request.headers.get("idempotency-key") ?? ""}`);
        return seen.length === 1 ? HttpResponse.error() : HttpResponse.json(commitment, { status: 202 });
      }),
    );
    const { user, router } = await walkToConfirm();
    for (const box of screen.getAllByRole("checkbox")) await user.click(box);
    await user.click(screen.getByRole("button", { name: "Commit and lock funds" }));
    expect(await screen.findByText(/never a second one/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Commit and lock funds" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/commitments/${commitment.id}`));
    expect(seen[1]).toBe(seen[0]);
  });

  it("a missing profile leads to the profile and keeps the step", async () => {
    server.use(
      http.post(commitPath, () => refusal(409, "profile_incomplete", "Profile", { detail: "Your address is missing." })),
    );
    const { user, router } = await walkToConfirm();
    for (const box of screen.getAllByRole("checkbox")) await user.click(box);
    await user.click(screen.getByRole("button", { name: "Commit and lock funds" }));
    expect(await screen.findByText("Your address is missing.")).toBeVisible();
    expect(screen.getByText("req-0f3a")).toBeVisible();
    await user.click(screen.getByRole("link", { name: "Complete the profile" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/profile"));
    router.history.back();
    expect(await screen.findByRole("heading", { name: "Confirm" })).toBeVisible();
    expect(screen.getAllByRole("checkbox").every((box) => box.getAttribute("aria-checked") === "true")).toBe(true);
  });

  it("asks where the units go when the supplier delivers to each member", async () => {
    const sent: { body: { id: string; delivery: unknown }; key: string | null }[] = [];
    server.use(
      http.get(api("/public/*/campaigns/*"), () => HttpResponse.json({ ...publicCampaign, delivery_strategy: "supplier_direct" })),
      http.post(commitPath, async ({ request }) => {
        sent.push({ body: (await request.json()) as { id: string; delivery: unknown }, key: request.headers.get("idempotency-key") });
        return sent.length === 1
          ? refusal(422, "delivery_data_missing", "Say where your units are delivered", {
              errors: [{ field: "body.delivery.street", code: "missing", hint: "No such street is known." }],
            })
          : HttpResponse.json(commitment, { status: 202 });
      }),
    );
    const { user, router } = await walkToConfirm();
    for (const box of screen.getAllByRole("checkbox")) await user.click(box);
    const send = screen.getByRole("button", { name: "Commit and lock funds" });
    expect(send).toBeDisabled();
    await user.type(screen.getByLabelText("Recipient"), "Ada Lovelace ");
    await user.type(screen.getByLabelText("Street and number"), "1 Sample");
    await user.type(screen.getByLabelText("Postal code"), "0150");
    await user.type(screen.getByLabelText("City"), "Oslo");
    expect(send).toBeDisabled();
    await user.click(screen.getByRole("combobox", { name: "Country" }));
    await user.click(await screen.findByRole("option", { name: "Norway" }));
    expect(send).toBeEnabled();
    await user.click(send);
    expect(await screen.findAllByText("No such street is known.")).not.toHaveLength(0);
    expect(screen.getByLabelText("Street and number")).toHaveAttribute("aria-invalid", "true");
    await user.type(screen.getByLabelText("Street and number"), " Street");
    await user.click(send);
    await waitFor(() => expect(router.state.location.pathname).toBe(`/commitments/${commitment.id}`));
    expect(sent.map(({ body }) => body.delivery)).toEqual([
      { recipient: "Ada Lovelace", street: "1 Sample", postal_code: "0150", city: "Oslo", country: "NO" },
      { recipient: "Ada Lovelace", street: "1 Sample Street", postal_code: "0150", city: "Oslo", country: "NO" },
    ]);
    expect(sent[1]?.body.id).toBe(sent[0]?.body.id);
    expect(sent[1]?.key).not.toBe(sent[0]?.key);
  });

  it("has loading, error and no-permission states", async () => {
    server.use(http.get(api("/public/*/campaigns/*"), () => delay("infinite")));
    const first = open(`${page}/join`);
    expect(await screen.findByRole("status", { name: "Loading" })).toBeInTheDocument();
    first.view.unmount();
    server.use(http.get(api("/public/*/campaigns/*"), () => refusal(500, "internal", "Something broke here")));
    const second = open(`${page}/join`);
    expect(await screen.findByRole("alert")).toHaveTextContent("req-0f3a");
    second.view.unmount();
    server.use(http.get(api("/public/*/campaigns/*"), () => refusal(403, "denied", "No", { permission: "campaigns:join" })));
    open(`${page}/join`);
    expect(await screen.findByText("campaigns:join")).toBeVisible();
  });

  it("sends a stranger to sign in and back to the same step", async () => {
    localStorage.clear();
    const { router } = open(`${page}/join?step=1`);
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
    expect(router.state.location.search).toMatchObject({ return_to: `${page}/join?step=1`, organisation: "harbour" });
  });

  it("takes no commitment outside the live state", async () => {
    server.use(http.get(api("/public/*/campaigns/*"), () => HttpResponse.json({ ...publicCampaign, state: "closing", takes_commitments: false })));
    open(`${page}/join`);
    expect(await screen.findByRole("heading", { name: "This campaign takes no commitments now" })).toBeVisible();
  });
});
