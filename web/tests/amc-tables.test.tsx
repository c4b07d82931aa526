import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { client, schema, workflow } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const lacking = { ...client, listed_at: "2026-11-24T05:00:00Z", tables_listed: 22, tables_missing: ["amazon_your_garage"] };

beforeEach(() => {
  sessionStorage.clear();
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:run", "amc:edit", "amc:manage"] })));
  server.use(http.get(api(`/amc/instances/${client.id}`), () => HttpResponse.json(lacking)));
  server.use(http.get(api("/amc/instances"), () => HttpResponse.json({ items: [lacking], next_cursor: null })));
});

describe("what a client has", () => {
  it("is told on its page, with the way to its schema", async () => {
    open(`/amc/clients/${client.id}`);
    expect(await screen.findByText("amazon_your_garage")).toBeVisible();
    expect(screen.getByRole("link", { name: "22 tables" })).toHaveAttribute("href", `/amc/library/schema?client=${client.id}`);
  });

  it("is what the schema shows and the check is held against, once it is chosen", async () => {
    const asked: (string | null)[] = [];
    const checked: unknown[] = [];
    server.use(
      http.get(api("/amc/schema"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("instance_id"));
        return HttpResponse.json(schema);
      }),
      http.post(api("/amc/check"), async ({ request }) => {
        checked.push(((await request.json()) as { instance_id?: string }).instance_id);
        return HttpResponse.json({ ok: true, findings: [], columns: [] });
      }),
    );
    const { user } = open(`/amc/library/${workflow.id}`);
    const box = await screen.findByRole("combobox", { name: "Tables of one client" });
    await user.click(box);
    await user.click(await screen.findByRole("option", { name: client.name }));
    expect(await screen.findByText("amazon_your_garage")).toBeVisible();
    await waitFor(() => expect(asked).toContain(client.id));
    await waitFor(() => expect(checked).toContain(client.id));
    await user.click(screen.getByRole("button", { name: "Show the tables of any client" }));
    expect(await screen.findByRole("combobox", { name: "Tables of one client" })).toBeVisible();
  });
});

describe("columns that AMC adds to results", () => {
  it("are named in a client's settings, each by a name of its own", async () => {
    let sent: unknown;
    server.use(
      http.patch(api(`/amc/instances/${client.id}`), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(lacking);
      }),
    );
    const { user } = open(`/amc/clients/${client.id}`);
    await user.click(await screen.findByRole("button", { name: "Set up" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("textbox", { name: /People behind a row/ }), "people");
    const reason = dialog.getByRole("textbox", { name: /What was too few/ });
    await user.type(reason, "People");
    expect(dialog.getAllByText("Another of these columns is called so.")).toHaveLength(2);
    expect(dialog.getByRole("button", { name: "Save" })).toBeDisabled();
    await user.clear(reason);
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toMatchObject({ extra_columns: { users: "people", reason: null, filtered: null } }));
  });
});
