import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const webhook = {
  id: "01a206b6-0000-7000-8000-0000000000aa",
  url: "https://hooks.example.com/in",
  description: "Books",
  events: ["campaigns.*", "user.created"],
  is_on: true,
  off_reason: null,
  failing_since: null,
  old_secret_until: null,
  answerable_id: null,
  created_at: "2026-11-20T10:00:00Z",
  updated_at: "2026-11-20T10:00:00Z",
  version: 3,
};
const failed = {
  id: "01a206b6-0000-7000-8000-0000000000bb",
  event_id: "01a206b6-0000-7000-8000-0000000000cc",
  type: "campaigns.campaign_moved",
  state: "failed",
  reason: "no_success",
  attempts: 1,
  next_attempt_at: null,
  created_at: "2026-11-20T11:00:00Z",
  ended_at: "2026-11-20T11:00:01Z",
  attempts_made: [{ attempted_at: "2026-11-20T11:00:00Z", duration_ms: 120, status: 500, error: null, excerpt: "out of order" }],
};
const events = [
  { name: "user.created", module: "user", description: "A person joined the organisation.", of: ["tenancy.member_added"] },
  { name: "campaigns.campaign_moved", module: "campaigns", description: "A campaign took a step.", of: [] },
  { name: "tenancy.settings_updated", module: "tenancy", description: "Name, theme, modules or limits changed.", of: [] },
];
const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: null, count: null });

beforeEach(() => {
  signedInBefore();
  server.use(
    http.get(api("/webhooks"), () => page([webhook])),
    http.get(api("/webhooks/events"), () => HttpResponse.json({ items: events })),
    http.get(api(`/webhooks/${webhook.id}`), () => HttpResponse.json(webhook)),
    http.get(api(`/webhooks/${webhook.id}/deliveries`), () => page([failed])),
  );
});

describe("webhooks", () => {
  it("are listed with their state, and one is added with events found by words; its secret is shown once", async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(api("/webhooks"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ ...webhook, secret: "whsec_c2VjcmV0" }, { status: 201 });
      }),
    );
    const { user } = open("/settings/webhooks");
    expect(await screen.findByRole("link", { name: webhook.url })).toBeVisible();
    await user.click(screen.getByRole("button", { name: /New webhook/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "New webhook" }));
    await user.type(dialog.getByLabelText("Address"), "https://hooks.example.com/new");
    await user.type(dialog.getByLabelText("Find an event"), "took step");
    expect(await dialog.findByRole("checkbox", { name: /A campaign took a step/ })).toBeVisible();
    expect(dialog.queryByRole("checkbox", { name: /Name, theme/ })).toBeNull();
    await user.click(dialog.getByRole("checkbox", { name: /A campaign took a step/ }));
    await user.click(dialog.getByRole("button", { name: "Add webhook" }));
    expect(await screen.findByText("whsec_c2VjcmV0")).toBeVisible();
    expect(sent).toEqual([{ url: "https://hooks.example.com/new", description: "", events: ["campaigns.campaign_moved"] }]);
    await user.click(screen.getByRole("button", { name: "I have copied it" }));
    await waitFor(() => expect(screen.queryByText("whsec_c2VjcmV0")).toBeNull());
  });

  it("says beside the field what is wrong with an address", async () => {
    const errors = [{ field: "body.url", code: "bad_address", hint: "This address leads into a private network." }];
    server.use(http.post(api("/webhooks"), () => refusal(422, "invalid_input", "Some of the input is not valid", { errors })));
    const { user } = open("/settings/webhooks");
    await user.click(await screen.findByRole("button", { name: /New webhook/ }));
    const dialog = within(await screen.findByRole("dialog", { name: "New webhook" }));
    await user.type(dialog.getByLabelText("Address"), "https://10.0.0.1/");
    await user.click(dialog.getByRole("checkbox", { name: /Everything that happens/ }));
    await user.click(dialog.getByRole("button", { name: "Add webhook" }));
    expect(await dialog.findByText("This address leads into a private network.")).toBeVisible();
  });

  it("begin with the first step", async () => {
    server.use(http.get(api("/webhooks"), () => page([])));
    open("/settings/webhooks");
    expect(await screen.findByText("No webhook yet")).toBeVisible();
  });

  it("name the permission that is missing", async () => {
    server.use(http.get(api("/webhooks"), () => refusal(403, "permission_denied", "No", { permission: "webhooks:read" })));
    open("/settings/webhooks");
    expect(await screen.findByText("webhooks:read")).toBeVisible();
  });

  it("show what was sent with each try, and send it again", async () => {
    const repeated: string[] = [];
    server.use(
      http.post(api(`/webhooks/deliveries/${failed.id}/redeliver`), () => {
        repeated.push(failed.id);
        return HttpResponse.json({ id: failed.id, endpoint_id: webhook.id, type: failed.type, state: "queued" }, { status: 202 });
      }),
      http.post(api(`/webhooks/${webhook.id}/test`), () => {
        repeated.push("test");
        return HttpResponse.json({ id: failed.id, endpoint_id: webhook.id, type: "webhooks.test", state: "queued" }, { status: 202 });
      }),
    );
    const { user } = open(`/settings/webhooks/${webhook.id}`);
    await user.click(await screen.findByRole("button", { name: failed.type }));
    expect(screen.getByText("out of order")).toBeVisible();
    expect(screen.getByText("answered 500")).toBeVisible();
    expect(screen.getByText(/All tries are used up/)).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Send again" }));
    await waitFor(() => expect(repeated).toEqual([failed.id]));
    await user.click(screen.getByRole("button", { name: /Send a test/ }));
    await waitFor(() => expect(repeated).toEqual([failed.id, "test"]));
  });
});
