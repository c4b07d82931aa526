import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";

import { disputeFile } from "./fixtures/bond";
import { claim } from "./fixtures/delivery";
import { dispute } from "./fixtures/desk";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const may = (...more: string[]) =>
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: [...me.permissions, ...more] })));
const shows = (change: object) =>
  server.use(http.get(api("/campaign-card-disputes"), () => HttpResponse.json({ items: [{ ...dispute, ...change }], next_cursor: null })));
const page = `/desk/disputes?row=${dispute.id}`;

describe("evidence against a card dispute", () => {
  it("is handed in once, before a deadline that is told", async () => {
    may("campaigns:settle");
    let sent: unknown;
    server.use(
      http.post(api(`/campaign-card-disputes/${dispute.id}/evidence`), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).toBeTruthy();
        sent = await request.json();
        return HttpResponse.json(dispute, { status: 202 });
      }),
    );
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "Hand in evidence" }));
    const dialog = await screen.findByRole("dialog", { name: `Evidence against ${dispute.reference}` });
    expect(dialog).toHaveTextContent("The provider takes evidence once");
    expect(dialog).toHaveTextContent(/Taken until Fri 27 Nov 2026/);
    const send = within(dialog).getByRole("button", { name: "Hand in, once and for all" });
    expect(send).toBeDisabled();
    await user.type(within(dialog).getByLabelText("What speaks against the dispute"), "Signed for at the door.");
    await user.click(send);
    await waitFor(() => expect(sent).toEqual({ explanation: "Signed for at the door." }));
  });

  it("may have files beside it, which are uploaded and kept", async () => {
    may("campaigns:settle");
    const sent: unknown[] = [];
    server.use(
      http.post(api("/files"), ({ request }) => {
        sent.push(new URL(request.url).searchParams.get("purpose"));
        return HttpResponse.json({ id: disputeFile.file_id }, { status: 201 });
      }),
      http.post(api(`/campaign-card-disputes/${dispute.id}/files`), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(disputeFile, { status: 201 });
      }),
    );
    const { user } = open(page);
    expect(await screen.findByRole("button", { name: disputeFile.name })).toBeVisible();
    await user.upload(screen.getByLabelText("File against the dispute"), new File(["%PDF-"], "bill.pdf", { type: "application/pdf" }));
    await waitFor(() => expect(sent).toEqual(["dispute_evidence", { file_id: disputeFile.file_id, note: null }]));
  });

  it("says so when its files cannot be read", async () => {
    may("campaigns:settle");
    server.use(http.get(api(`/campaign-card-disputes/${dispute.id}/files`), () => refusal(500, "internal", "Something broke here")));
    open(page);
    expect(await screen.findByText("req-0f3a")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Add a file" })).toBeNull();
  });

  it("is not offered again once it is in, and the right is named to who lacks it", async () => {
    const first = open(page);
    expect(await screen.findByText("campaigns:settle")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Hand in evidence" })).toBeNull();
    first.view.unmount();
    queryClient.clear();
    may("campaigns:settle");
    shows({ evidence_state: "submitted" });
    open(page);
    expect(await screen.findByText(/The provider has the evidence/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Hand in evidence" })).toBeNull();
  });
});

describe("what a supplier owes back", () => {
  it("is claimed for a dispute lost after the release", async () => {
    may("campaigns:settle");
    shows({ state: "lost", is_before_release: false });
    let sent: unknown;
    server.use(
      http.post(api("/supplier-claims"), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(claim, { status: 201 });
      }),
    );
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "Claim it from the supplier" }));
    const dialog = await screen.findByRole("dialog", { name: "Claim €74.97 from the supplier" });
    await user.type(within(dialog).getByLabelText("Reason"), "As agreed.");
    await user.click(within(dialog).getByRole("button", { name: "Claim €74.97" }));
    await waitFor(() => expect(sent).toEqual({ reason: "As agreed.", dispute_id: dispute.id }));
  });

  it("is given up only with a second person", async () => {
    may("campaigns:settle");
    server.use(
      http.post(api(`/supplier-claims/${claim.id}/write-off`), () =>
        HttpResponse.json({ approval_id: "01990000-0000-7000-8000-0000000000a1" }, { status: 202 }),
      ),
    );
    const { user } = open("/desk/disputes");
    await user.click(await screen.findByRole("button", { name: "Write off" }));
    const dialog = await screen.findByRole("dialog", { name: "Write off €54.97" });
    await user.type(within(dialog).getByLabelText("Reason"), "Insolvent.");
    await user.click(within(dialog).getByRole("button", { name: "Ask a second person" }));
    expect(await screen.findByRole("dialog", { name: "Waits for a second person" })).toBeVisible();
  });

  it("says what broke beside the disputes", async () => {
    server.use(http.get(api("/supplier-claims"), () => refusal(500, "internal", "Something broke here")));
    open("/desk/disputes");
    expect(await screen.findByText("Something broke here")).toBeVisible();
    expect(screen.getAllByText(dispute.reference).length).toBeGreaterThan(0);
  });
});
