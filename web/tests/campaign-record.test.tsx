import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";

import { campaign } from "./fixtures/campaigns";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const live = campaign(0);
const address = `/campaigns/${live.id}`;

describe("campaign record", () => {
  it("shows a skeleton while the answer is on its way", async () => {
    server.use(http.get(api(address), () => delay("infinite")));
    open(address);
    expect(await screen.findByRole("status", { name: "Loading" })).toBeInTheDocument();
  });

  it("offers only the transitions that the server allows", async () => {
    server.use(
      http.get(api(address), () =>
        HttpResponse.json({
          ...live,
          allowed_transitions: [{ name: "resume", label: "Resume", needs_reason: false, money_effect: null }],
        }),
      ),
    );
    open(address);
    expect(await screen.findByRole("button", { name: /Resume/ })).toBeVisible();
    expect(screen.queryByRole("button", { name: /Pause|Cancel/ })).toBeNull();
  });

  it("offers editing to those who may edit", async () => {
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["campaigns:read", "campaigns:settle"] })));
    open(address);
    expect(await screen.findByRole("heading", { name: String(live.title) })).toBeVisible();
    expect(screen.queryByRole("link", { name: /Edit/ })).toBeNull();
  });

  it("names the effect on money, asks for the reason, sends one key, and keeps it when no answer came", async () => {
    const keys: (string | null)[] = [];
    server.use(
      http.post(api(`${address}/transitions`), async ({ request }) => {
        keys.push(request.headers.get("idempotency-key"));
        expect(await request.json()).toEqual({ name: "cancel", reason: "The kiln broke" });
        return keys.length === 1 ? HttpResponse.error() : HttpResponse.json({ ...live, state: "cancelling" });
      }),
    );
    const { user } = open(address);
    await user.click(await screen.findByRole("button", { name: /Cancel campaign/ }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("€4,500.00");
    const send = within(dialog).getByRole("button", { name: "Cancel campaign" });
    expect(send).toBeDisabled();
    await user.type(within(dialog).getByLabelText("Reason"), "The kiln broke");
    await user.click(send);
    await waitFor(() => expect(keys).toHaveLength(1));
    await waitFor(() => expect(send).toBeEnabled());
    await user.click(send);
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Cancel campaign" })).toBeNull());
    expect(keys[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(keys[1]).toBe(keys[0]);
  });

  it("lists what is missing before publication", async () => {
    open(`/campaigns/${campaign(3).id}`);
    expect(await screen.findByText("3 things are missing before this can be published")).toBeVisible();
    expect(screen.getByText("Add the main picture.")).toBeVisible();
    expect(screen.queryByText("picture_url")).toBeNull();
  });

  it("shows the books with their balance", async () => {
    open(`${address}?tab=books`);
    expect(await screen.findByText("Debits equal credits")).toBeVisible();
    expect(screen.getAllByText("€4,500.00").length).toBeGreaterThan(0);
  });

  it("shows the commitments of one state, and says when there are none", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api(`${address}/commitments`), ({ request }) => {
        const state = new URL(request.url).searchParams.get("state");
        asked.push(state);
        return state === null ? undefined : HttpResponse.json({ items: [], next_cursor: null });
      }),
    );
    const { user } = open(`${address}?tab=commitments`);
    await user.click(await screen.findByRole("combobox", { name: "State" }));
    await user.click(await screen.findByRole("option", { name: "Refunded" }));
    expect(await screen.findByText("No commitment is in this state.")).toBeVisible();
    expect(asked).toEqual([null, "refunded"]);
  });

  it.each([
    ["books", "Ledger entries (JSON)", "transfers?format=json"],
    ["books", "Statement lines (CSV)", "statement?format=csv"],
    ["commitments", "Commitments (CSV)", "commitments?format=csv"],
  ])("hands over a whole list as a file: %s, %s", async (tab, item, path) => {
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:list", revokeObjectURL: () => undefined }));
    const asked: string[] = [];
    server.use(
      http.post(api(`${address}/exports/:list`), ({ request }) => {
        asked.push(request.url);
        return new HttpResponse("id\r\n");
      }),
    );
    const { user } = open(`${address}?tab=${tab}`);
    await user.click(await screen.findByRole("button", { name: "Take as a file" }));
    await user.click(await screen.findByRole("menuitem", { name: item }));
    await waitFor(() => expect(asked[0]).toContain(`${address}/exports/${path}`));
  });

  it("an error shows the request's id", async () => {
    server.use(http.get(api(address), () => refusal(500, "internal", "Something broke here")));
    open(address);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("Something broke here");
    expect(alert).toHaveTextContent("req-0f3a");
  });

  it("a missing permission is named", async () => {
    server.use(http.get(api(address), () => refusal(403, "permission_denied", "No", { permission: "campaigns:read" })));
    open(address);
    expect(await screen.findByText("campaigns:read")).toBeVisible();
  });
});
