import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { commitment } from "./fixtures/campaigns";
import { supplierCampaign as supplied } from "./fixtures/delivery";
import { open, signedInBefore } from "./open";
import { api, server } from "./server";

const issue = {
  id: "01990000-0000-7000-8000-000000000911",
  category: "damaged",
  text: "The rim is chipped.",
  state: "open",
  outcome: null,
  resolution: null,
  refund_minor: null,
  supplier_answer: "It left us whole.",
  supplier_answered_at: "2026-11-19T10:00:00Z",
  opened_at: "2026-11-18T10:00:00Z",
  resolved_at: null,
};

beforeEach(signedInBefore);

describe("a reported issue", () => {
  it("is shown to its member with the supplier's side and the decision", async () => {
    const decided = { ...issue, id: commitment.id, state: "resolved", outcome: "split", refund_minor: 1250, resolution: "One of four is chipped." };
    server.use(
      http.get(api(`/commitments/${commitment.id}/issues`), () =>
        HttpResponse.json({ items: [issue, decided], currency: "EUR", can_report: false }),
      ),
    );
    open(`/commitments/${commitment.id}`);
    expect(await screen.findAllByText("It left us whole.")).toHaveLength(2);
    expect(screen.getByText("Not decided yet")).toBeVisible();
    expect(screen.getByText("Decided: €12.50 is refunded, the rest is released")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Report an issue" })).toBeNull();
  });

  it("is answered by the supplier", async () => {
    let given: unknown;
    server.use(
      http.get(api("/supplier/payouts"), () => HttpResponse.json({ items: [], next_cursor: null })),
      http.get(api("/supplier/campaigns"), () =>
        HttpResponse.json({ items: [{ ...supplied, state: "inspecting" }], next_cursor: null }),
      ),
      http.get(api(`/supplier/campaigns/${supplied.id}/issues`), () =>
        HttpResponse.json({ items: [{ ...issue, supplier_answer: null, commitment_reference: "C-1", currency: "EUR", units: 4 }] }),
      ),
      http.post(api(`/issues/${issue.id}/answer`), async ({ request }) => {
        given = await request.json();
        return HttpResponse.json(issue);
      }),
    );
    const { user } = open("/supplier");
    await user.click(await screen.findByRole("button", { name: "Answer" }));
    const dialog = await screen.findByRole("dialog", { name: "Answer the issue" });
    expect(within(dialog).getByRole("button", { name: "Keep the answer" })).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Your side of it"), "We pack each by hand.");
    await user.click(within(dialog).getByRole("button", { name: "Keep the answer" }));
    await waitFor(() => expect(given).toEqual({ answer: "We pack each by hand." }));
  });
});
