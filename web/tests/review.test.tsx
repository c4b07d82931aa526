import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { review } from "./fixtures/approvals";
import { campaign } from "./fixtures/campaigns";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const submitted = campaign(5);
const page = `/campaigns/${submitted.id}`;
const says = (path: string) => api(`/campaigns/${submitted.id}/${path}`);

beforeEach(signedInBefore);

describe("the review of a submitted campaign", () => {
  it("shows what each role said, why, and under which constraints", async () => {
    open(page);
    expect(await screen.findByText("The supplier has delivered nothing yet.")).toBeVisible();
    expect(screen.getByText("Deferred")).toBeVisible();
    expect(screen.getByText("The bond holds at least 500.00 EUR when it is published.")).toBeVisible();
    expect(screen.getAllByText("Has said nothing")).toHaveLength(2);
    expect(screen.queryByRole("button", { name: "State your view" })).toBeNull();
  });

  it("takes a verdict with its reason and its constraint, and shows a refusal", async () => {
    const sent: unknown[] = [];
    server.use(
      http.get(says("review"), () => HttpResponse.json({ ...review, own_roles: ["money", "gate"] })),
      http.post(says("review-opinions"), async ({ request }) => {
        sent.push(await request.json());
        return refusal(409, "review_blocked", "The review is not over", { detail: "Objections stand: risk." });
      }),
    );
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "State your view" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/waits for the gate/)).toBeVisible();
    await user.click(dialog.getByRole("combobox", { name: "You speak for" }));
    await user.click(await screen.findByRole("option", { name: "Gate" }));
    await user.click(dialog.getByRole("combobox", { name: "What you make of it" }));
    await user.click(await screen.findByRole("option", { name: "Accept with constraints" }));
    const send = dialog.getByRole("button", { name: "State it" });
    await user.type(dialog.getByLabelText("Reason"), "A first campaign.");
    expect(send).toBeDisabled();
    await user.type(dialog.getByLabelText("Units"), "40");
    await user.click(send);
    expect(await dialog.findByText("Objections stand: risk.")).toBeVisible();
    await waitFor(() =>
      expect(sent).toEqual([
        {
          role: "gate",
          verdict: "accept_with_constraints",
          reason: "A first campaign.",
          constraints: [{ kind: "cap_units_at_most", amount: 40, until: null }],
        },
      ]),
    );
  });
});
