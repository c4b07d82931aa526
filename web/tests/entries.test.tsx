import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { ManualEntry, OwnerlessLine } from "@/apps/campaigns/desk/entry-types";

import { finance } from "./fixtures/desk";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const line: OwnerlessLine = {
  id: "01990000-0000-7000-8000-000000000901",
  reference: "tr_unknown",
  found_minor: 90_000,
  currency: "EUR",
  value_on: "2026-11-20",
};
const entry: ManualEntry = {
  id: "01990000-0000-7000-8000-000000000902",
  kind: "suspense_in",
  amount_minor: 4_500,
  currency: "EUR",
  reference: "tr_other",
  reason: "Bank letter 7.",
  requested_by: "01990000-0000-7000-8000-0000000000d1",
  approved_by: "01990000-0000-7000-8000-0000000000d2",
  booked_at: "2026-11-20T14:05:00Z",
  is_open: true,
};
const page = (items: (OwnerlessLine | ManualEntry)[]) => HttpResponse.json({ items, next_cursor: null });

beforeEach(() => {
  signedInBefore();
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json(finance)),
    http.get(api("/payments/breaks"), () => page([line])),
    http.get(api("/campaign-manual-entries"), () => page([entry])),
  );
});

describe("entries by hand", () => {
  it("asks a second person, with the amount, the effect and a reason", async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(api("/campaign-manual-entries"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ approval_id: "01990000-0000-7000-8000-000000000701" }, { status: 202 });
      }),
    );
    const { user } = open("/desk/entries");
    await user.click(await screen.findByRole("button", { name: "Book to suspense" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/€900.00 \(tr_unknown\) is booked to suspense/)).toBeVisible();
    const ask = dialog.getByRole("button", { name: "Ask a second person" });
    expect(ask).toBeDisabled();
    await user.type(dialog.getByLabelText("Reason"), "No notice came with it.");
    await user.click(ask);
    await waitFor(() => expect(sent).toEqual([{ wish: "suspense", subject_id: line.id, reason: "No notice came with it." }]));
    expect(await screen.findByText("Waits for a second person")).toBeVisible();
  });

  it("takes an entry back by one that reverses it, and shows a refusal", async () => {
    server.use(http.post(api("/campaign-manual-entries"), () => refusal(409, "manual_entry_not_possible", "Not now", { detail: "It was cleared." })));
    const { user } = open("/desk/entries");
    expect(await screen.findByText("In suspense")).toBeVisible();
    expect(screen.getByRole("button", { name: "Give to the bond" })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Take back" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("Reason"), "A wrong line.");
    await user.click(dialog.getByRole("button", { name: "Ask a second person" }));
    expect(await dialog.findByText("It was cleared.")).toBeVisible();
  });

  it("lets the bond bear what left without a cause", async () => {
    const sent: unknown[] = [];
    server.use(
      http.get(api("/campaign-manual-entries"), () => page([{ ...entry, kind: "suspense_out" }])),
      http.post(api("/campaign-manual-entries"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ approval_id: "01990000-0000-7000-8000-000000000701" }, { status: 202 });
      }),
    );
    const { user } = open("/desk/entries");
    await user.click(await screen.findByRole("button", { name: "Let the bond bear it" }));
    expect(screen.queryByRole("button", { name: "Give to the bond" })).toBeNull();
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/^The bond bears €/)).toBeVisible();
    await user.type(dialog.getByLabelText("Reason"), "Nobody knows.");
    await user.click(dialog.getByRole("button", { name: "Ask a second person" }));
    await waitFor(() => expect(sent).toEqual([{ wish: "by_bond", subject_id: entry.id, reason: "Nobody knows." }]));
  });

  it("has empty and error states", async () => {
    server.use(http.get(api("/payments/breaks"), () => page([])), http.get(api("/campaign-manual-entries"), () => page([])));
    const { view } = open("/desk/entries");
    expect(await screen.findByText("Nothing was booked by hand")).toBeVisible();
    view.unmount();
  });
});
