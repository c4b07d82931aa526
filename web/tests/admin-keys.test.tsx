import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import type { AdminKey, AdminKeyMade } from "@/platform/console/operators/key-types";

import { open } from "./open";
import { api, server } from "./server";

const key = (state: string, name: string): AdminKey => ({
  id: `01990000-0000-7000-8000-0000000000${name.length.toString().padStart(2, "0")}`,
  name,
  prefix: "mtk_live_a1b2c",
  kind: "standard",
  state,
  grants: [{ scope: "all", subject_ids: [], resource: "status", action: "read" }],
  created_by: "Olga",
  created_at: "2026-08-01T09:00:00Z",
  expires_at: "2026-10-30T09:00:00Z",
});
const listed = (...items: AdminKey[]) =>
  server.use(http.get(api("/admin/keys"), () => HttpResponse.json({ items, next_cursor: null })));

describe("admin API keys", () => {
  it("makes one with its rights and its end, and shows it once", async () => {
    const sent: unknown[] = [];
    const made: AdminKeyMade = { id: key("active", "x").id, expires_at: "2026-12-21T09:00:00Z", key: "mtk_live_shown_once" };
    server.use(
      http.post(api("/admin/keys"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(made, { status: 201 });
      }),
    );
    const { user } = open("/console/operators");
    expect(await screen.findByText("No admin key yet")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Make a key" }));
    const dialog = await screen.findByRole("dialog", { name: "Make an admin API key" });
    await user.type(within(dialog).getByLabelText("Name"), "Nightly report");
    const make = within(dialog).getByRole("button", { name: "Make the key" });
    expect(make).toBeDisabled();
    await user.click(within(dialog).getByRole("button", { name: "Add this right" }));
    await user.click(make);
    await waitFor(() =>
      expect(sent).toEqual([
        {
          name: "Nightly report",
          kind: "standard",
          grants: [{ scope: "all", subject_ids: [], resource: "*", action: "*" }],
        },
      ]),
    );
    expect(await screen.findByText("mtk_live_shown_once")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "I have copied it" }));
    await waitFor(() => expect(screen.queryByText("mtk_live_shown_once")).toBeNull());
  });

  it("offers to revoke only what still works", async () => {
    listed(key("active", "Report"), key("expired", "Old report"));
    open("/console/operators");
    expect(await screen.findByRole("button", { name: "Revoke Report" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Revoke Old report" })).toBeNull();
    expect(screen.getAllByText("Status: read everywhere")).toHaveLength(2);
    expect(screen.getByText("ended 30 Oct 2026", { exact: false })).toBeVisible();
  });
});
