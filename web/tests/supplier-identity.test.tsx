import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { VerifiedSupplier } from "@/apps/campaigns/desk/verification-types";
import { queryClient } from "@/kernel/query";

import { finance } from "./fixtures/desk";
import { settings } from "./fixtures/talk";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const supplier: VerifiedSupplier = {
  supplier_id: "01990000-0000-7000-8000-000000000901",
  supplier_name: "Northern Metalworks",
  state: "unverified",
  basis: null,
  valid_until: null,
  stated_by: null,
  stated_at: null,
};
const one = `/supplier-verifications/${supplier.supplier_id}`;

function people(permissions: string[], suppliers: VerifiedSupplier[] = [supplier], on = true) {
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...finance, permissions })),
    http.get(api("/campaign-settings"), () => HttpResponse.json({ ...settings, supplier_verification: on })),
    http.get(api("/supplier-verifications"), () => (on ? HttpResponse.json(suppliers) : refusal(409, "feature_switched_off", "Off"))),
  );
}

beforeEach(() => signedInBefore());

describe("who suppliers are", () => {
  it("is said by finance, with how one looked at it and until when it holds", async () => {
    people(finance.permissions);
    const sent: unknown[] = [];
    server.use(
      http.post(api(one), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ state: "verified", valid_until: "2027-12-31" }, { status: 201 });
      }),
    );
    const { user } = open("/desk/payouts");
    const line = within(await screen.findByRole("listitem", { name: "Northern Metalworks" }));
    expect(line.getByText("Not verified")).toBeVisible();
    await user.click(line.getByRole("button", { name: "Say who it is" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Who is Northern Metalworks?" }));
    const note = dialog.getByRole("button", { name: "Note it" });
    expect(note).toBeDisabled();
    await user.type(dialog.getByLabelText("How you looked at it"), "Extract of the register.");
    await user.type(dialog.getByLabelText("Last day it holds"), "2027-12-31");
    await user.click(note);
    const body = { verdict: "verified", basis: "Extract of the register.", valid_until: "2027-12-31" };
    await waitFor(() => expect(sent).toEqual([body]));
    expect(await screen.findByText("Northern Metalworks is verified")).toBeVisible();
  });

  it("may not be accepted: then no last day is sent, and a refusal is read where one typed", async () => {
    people(finance.permissions);
    const sent: unknown[] = [];
    server.use(
      http.post(api(one), async ({ request }) => {
        sent.push(await request.json());
        return refusal(403, "same_person_review", "Another person has to", { detail: "Nobody verifies their own identity." });
      }),
    );
    const { user } = open("/desk/payouts");
    await user.click(await screen.findByRole("button", { name: "Say who it is" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("Last day it holds"), "2027-12-31");
    await user.click(dialog.getByRole("combobox", { name: "What you found" }));
    await user.click(await screen.findByRole("option", { name: "Not accepted" }));
    expect(dialog.queryByLabelText("Last day it holds")).toBeNull();
    await user.type(dialog.getByLabelText("How you looked at it"), "The register knows no such firm.");
    await user.click(dialog.getByRole("button", { name: "Note it" }));
    expect(await dialog.findByText("Nobody verifies their own identity.")).toBeVisible();
    expect(sent).toEqual([{ verdict: "refused", basis: "The register knows no such firm.", valid_until: null }]);
  });

  it("leaves the payments in sight: many suppliers are shown when asked for", async () => {
    const many = Array.from({ length: 7 }, (_, at) => ({
      ...supplier,
      supplier_id: `${supplier.supplier_id.slice(0, -1)}${String(at)}`,
      supplier_name: `Works ${String(at)}`,
    }));
    people(finance.permissions, many);
    const { user } = open("/desk/payouts");
    expect(await screen.findByRole("listitem", { name: "Works 4" })).toBeVisible();
    expect(screen.queryByRole("listitem", { name: "Works 5" })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show all 7 suppliers" }));
    expect(screen.getByRole("listitem", { name: "Works 6" })).toBeVisible();
  });

  it("is read without the verb by who may not settle, and is not there where nobody asks for it", async () => {
    const known = { ...supplier, state: "expired" as const, basis: "Register, 2025.", valid_until: "2026-01-31", stated_at: "2025-02-01T08:00:00Z" };
    people(["campaigns:read"], [known]);
    const { view } = open("/desk/payouts");
    const line = within(await screen.findByRole("listitem", { name: "Northern Metalworks" }));
    expect(line.getByText("Expired")).toBeVisible();
    expect(line.getByText("Register, 2025.")).toBeVisible();
    expect(line.queryByRole("button")).toBeNull();
    view.unmount();
    queryClient.clear();
    people(finance.permissions, [], false);
    open("/desk/payouts");
    expect(await screen.findByRole("heading", { name: "Payments to suppliers" })).toBeVisible();
    await waitFor(() => expect(queryClient.getQueryData(["/campaign-settings"])).toBeDefined());
    expect(screen.queryByText("Who suppliers are")).toBeNull();
  });
});

describe("the supplier's own page", () => {
  it.each([
    [{ is_needed: true, state: "unverified", valid_until: null }, /has not verified yet who you are/],
    [{ is_needed: true, state: "refused", valid_until: null }, /could not verify who you are/],
    [{ is_needed: true, state: "expired", valid_until: "2026-01-31" }, /until .*31 Jan.*2026.*has done so again/],
    [{ is_needed: true, state: "verified", valid_until: null }, /has verified who you are\./],
  ])("says what stands between a release and oneself: %o", async (answer, text) => {
    server.use(http.get(api("/supplier/verification"), () => HttpResponse.json(answer)));
    open("/supplier");
    expect(await screen.findByText(text)).toBeVisible();
  });

  it("says nothing where nobody asks for it", async () => {
    server.use(http.get(api("/supplier/verification"), () => HttpResponse.json({ is_needed: false, state: "unverified", valid_until: null })));
    open("/supplier");
    expect(await screen.findByRole("heading", { name: "Supply" })).toBeVisible();
    await waitFor(() => expect(queryClient.getQueryData(["/supplier/verification"])).toBeDefined());
    expect(screen.queryByText(/who you are/)).toBeNull();
  });
});
