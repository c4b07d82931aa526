import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";
import { navFor } from "@/shell/nav-items";

import { approvals } from "./fixtures/approvals";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const [first] = approvals;
if (first === undefined) throw new Error("a request is needed");
const page = `/approvals/${first.id}`;

beforeEach(signedInBefore);

describe("approvals", () => {
  it("lists what waits, with amount and person, and asks the server for the chosen state", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/approvals"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("state"));
        return HttpResponse.json({ items: approvals, next_cursor: null });
      }),
    );
    const { user } = open("/approvals");
    expect(await screen.findByText(first.summary)).toBeVisible();
    expect(screen.getByText("€1,842.50")).toBeVisible();
    expect(await screen.findByText(/Tomás Iglesias/)).toBeVisible();
    await user.click(screen.getByRole("tab", { name: "Rejected" }));
    await waitFor(() => expect(asked).toContain("rejected"));
    expect(asked[0]).toBe("requested");
  });

  it("has loading, empty, error and no-permission states", async () => {
    const states: [() => Response | Promise<Response>, () => Promise<unknown>][] = [
      [() => delay("infinite").then(() => HttpResponse.json({})), () => screen.findByRole("status", { name: "Loading" })],
      [() => HttpResponse.json({ items: [], next_cursor: null }), () => screen.findByText("Nothing waits for a decision")],
      [() => refusal(500, "internal", "Something broke here"), () => screen.findByText("req-0f3a")],
      [() => refusal(403, "denied", "No", { permission: "approvals:read" }), () => screen.findByText("approvals:read")],
    ];
    for (const [answer, seen] of states) {
      server.use(http.get(api("/approvals"), answer));
      const { view } = open("/approvals");
      expect(await seen()).toBeInTheDocument();
      view.unmount();
      queryClient.clear();
    }
  });

  it("names amount, person and effect before approving, and sends the version seen", async () => {
    let match: string | null = null;
    server.use(
      http.post(api(`/approvals/${first.id}/approve`), ({ request }) => {
        match = request.headers.get("if-match");
        return HttpResponse.json({ ...first, state: "approved", can_decide: false, version: 2 });
      }),
    );
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "Approve €1,842.50" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(first.effect ?? "")).toBeVisible();
    expect(await dialog.findByText("Tomás Iglesias")).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Approve €1,842.50" }));
    await waitFor(() => expect(match).toBe('"1"'));
  });

  it("rejects only with a reason, and shows why the server refused", async () => {
    server.use(
      http.post(api(`/approvals/${first.id}/reject`), () => refusal(409, "approval_closed", "Closed", { detail: "Somebody decided it." })),
    );
    const { user } = open(page);
    await user.click(await screen.findByRole("button", { name: "Reject" }));
    const dialog = within(await screen.findByRole("dialog"));
    const send = dialog.getByRole("button", { name: "Reject €1,842.50" });
    expect(send).toBeDisabled();
    await user.type(dialog.getByLabelText("Reason"), "Two parcels are missing.");
    await user.click(send);
    expect(await dialog.findByText("Somebody decided it.")).toBeVisible();
  });

  it("says that what the rules ask for needs two people, and that the first yes does nothing", async () => {
    const asked = { ...first, requested_by: null, requested_by_kind: "system", people_needed: 2 };
    server.use(http.get(api(`/approvals/${first.id}`), () => HttpResponse.json(asked)));
    const { user, view } = open(page);
    expect(await screen.findByText(/two different people approve it/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Approve €1,842.50" }));
    expect(within(await screen.findByRole("dialog")).getByText(/Nothing yet/)).toBeVisible();
    view.unmount();
    queryClient.clear();
    const agreed = { ...asked, agreed_by: me.user.id, agreed_at: first.requested_at, can_approve: false };
    server.use(http.get(api(`/approvals/${first.id}`), () => HttpResponse.json(agreed)));
    open(page);
    expect(await screen.findByText(/Another person has to approve it as well/)).toBeVisible();
    expect(screen.getByText("1 of 2 approved")).toBeVisible();
    expect(screen.queryByRole("button", { name: /Approve/ })).toBeNull();
    expect(screen.getByRole("button", { name: "Reject" })).toBeVisible();
  });

  it("lets who asked take it back, and never decide", async () => {
    server.use(http.get(api(`/approvals/${first.id}`), () => HttpResponse.json({ ...first, can_decide: false, can_withdraw: true })));
    open(page);
    expect(await screen.findByRole("button", { name: "Take back" })).toBeVisible();
    expect(screen.queryByRole("button", { name: /Approve/ })).toBeNull();
  });

  it("is in the navigation of those who may read it only", () => {
    const ways = (permissions: string[]) => navFor({ ...me, permissions }).map(({ to }) => to);
    expect(ways(["approvals:read"])).toContain("/approvals");
    expect(ways(["campaigns:commit"])).not.toContain("/approvals");
  });
});
