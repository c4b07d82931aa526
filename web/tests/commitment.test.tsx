import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { queryClient } from "@/kernel/query";

import { commitment } from "./fixtures/campaigns";
import { ownNotice } from "./fixtures/talk";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const page = `/commitments/${commitment.id}`;
const noticesPath = api(`/commitments/${commitment.id}/notices`);
const answerPath = api(`/notices/${ownNotice.id}/answer`);

beforeEach(signedInBefore);

describe("notices of a commitment", () => {
  it("state what, why and the worst case, and name the amount before one leaves", async () => {
    let sent: unknown;
    let key: string | null = null;
    server.use(
      http.post(answerPath, async ({ request }) => {
        sent = await request.json();
        key = request.headers.get("idempotency-key");
        return HttpResponse.json({ ...commitment, state: "refund_due" });
      }),
    );
    const { user } = open(page);
    for (const text of [ownNotice.what, ownNotice.why, ownNotice.worst_case]) {
      expect(await screen.findByText(text)).toBeVisible();
    }
    await user.click(screen.getByRole("button", { name: "Leave with a full refund" }));
    await user.click(await screen.findByRole("button", { name: "Leave, €50.00 back" }));
    await waitFor(() => expect(sent).toEqual({ commitment_id: commitment.id, answer: "leave" }));
    expect(key).not.toBeNull();
  });

  it("offer nothing once the server takes no answer, and leaving only after staying", async () => {
    server.use(http.get(noticesPath, () => HttpResponse.json({ items: [{ ...ownNotice, can_answer: false }] })));
    const first = open(page);
    expect(await screen.findByText(ownNotice.what)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Stay in" })).toBeNull();
    first.view.unmount();
    queryClient.clear();
    server.use(http.get(noticesPath, () => HttpResponse.json({ items: [{ ...ownNotice, answer: "stay" }] })));
    open(page);
    expect(await screen.findByText("You stay in")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Stay in" })).toBeNull();
    expect(screen.getByRole("button", { name: "Leave with a full refund" })).toBeVisible();
  });

  it("keeps the money's story readable when notices do not come", async () => {
    server.use(http.get(noticesPath, () => refusal(500, "internal", "Something broke here")));
    open(page);
    expect(await screen.findByText("Into escrow at Sandbox Escrow")).toBeVisible();
    expect(await screen.findByText("Something broke here")).toBeVisible();
  });
});

describe("what one takes along", () => {
  it("is the proof as a file, with how to check it", async () => {
    const made = vi.fn(() => "blob:proof");
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: made, revokeObjectURL: vi.fn() }));
    const names: string[] = [];
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      names.push(this.download);
    });
    const { user } = open(page);
    expect(await screen.findByText(/python verify_commitment.py/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Take your proof along" }));
    await waitFor(() => expect(names).toEqual([`proof-${commitment.reference}.json`]));
    expect(made).toHaveBeenCalledOnce();
    click.mockRestore();
    vi.unstubAllGlobals();
  });

  it("is a receipt with the amounts of each move", async () => {
    open(`${page}/receipt`);
    expect(await screen.findByRole("heading", { name: "Receipt of a commitment" })).toBeVisible();
    expect(await screen.findByText(/signed with the key of this fingerprint/)).toBeVisible();
    expect(screen.getByText(commitment.reference)).toBeVisible();
    expect(screen.getAllByText("€50.00")).toHaveLength(2);
    expect(screen.queryByText("Final amount")).toBeNull();
  });

  it("says on the receipt what the supplier's answer made of it", async () => {
    const final = { units_allocated: 3, final_unit_price_minor: 1200, final_amount_minor: 3600 };
    server.use(http.get(api(`/commitments/${commitment.id}`), () => HttpResponse.json({ ...commitment, ...final })));
    open(`${page}/receipt`);
    expect(await screen.findByText("Final amount")).toBeVisible();
    expect(screen.getByText("€36.00")).toBeVisible();
    expect(screen.getByText("Units allocated").nextElementSibling).toHaveTextContent("3");
    expect(screen.getByText("Final price a unit").nextElementSibling).toHaveTextContent("€12.00");
  });

  it("has error and no-permission states", async () => {
    server.use(http.get(api(`/commitments/${commitment.id}`), () => refusal(403, "denied", "No", { permission: "campaigns:commit" })));
    const first = open(`${page}/receipt`);
    expect(await screen.findByText("campaigns:commit")).toBeVisible();
    first.view.unmount();
    queryClient.clear();
    server.use(http.get(api(`/commitments/${commitment.id}`), () => refusal(500, "internal", "Something broke here")));
    open(`${page}/receipt`);
    expect(await screen.findByRole("alert")).toHaveTextContent("req-0f3a");
  });
});
