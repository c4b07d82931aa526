import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { run } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const lake = {
  id: "01978f00-0000-7000-8000-00000000aa01",
  name: "Lake",
  kind: "postgresql",
  settings: { host: "db.example.com", port: 5432, database: "warehouse", user: "loader", tls: "verify", schema_name: "public", table_name: "results" },
  version: 1,
};
const delivery = {
  id: "01978f00-0000-7000-8000-00000000bb01",
  destination: { id: lake.id, name: lake.name, kind: lake.kind },
  run_id: run.id,
  state: "failed",
  tries: 3,
  rows: null,
  problem: "The server cannot be reached.",
  next_at: null,
  delivered_at: null,
};
const page = (...items: object[]) => HttpResponse.json({ items, next_cursor: null });

beforeEach(() => {
  const permissions = ["amc:read", "amc:run", "amc:edit", "amc:manage"];
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })));
});

describe("destinations", () => {
  it("are added with what their kind needs, and say what was refused", async () => {
    const sent: unknown[] = [];
    server.use(
      http.get(api("/amc/destinations"), () => page(lake)),
      http.post(api("/amc/destinations"), async ({ request }) => {
        sent.push(await request.json());
        if (sent.length > 1) return HttpResponse.json(lake, { status: 201 });
        const errors = [{ field: "body.settings.host", code: "bad_address", hint: "This address leads into a private network." }];
        return refusal(422, "invalid_input", "Some of the input is not valid", { errors });
      }),
    );
    const { user } = open("/amc/runs/destinations");
    await user.click(await screen.findByRole("button", { name: "Add a destination" }));
    // The dialog is fetched when it is first wanted.
    await screen.findByRole("dialog", {}, { timeout: 5_000 });
    await user.type(screen.getByLabelText("Name"), "Lake");
    await user.type(screen.getByLabelText("Host"), "10.0.0.1");
    await user.type(screen.getByLabelText("Password"), " secret ");
    await user.click(screen.getByRole("button", { name: "Add it" }));
    expect((await screen.findAllByText("This address leads into a private network.")).length).toBeGreaterThan(0);
    await user.click(screen.getByRole("button", { name: "Add it" }));
    expect(await screen.findByRole("heading", { name: "Lake is saved" })).toBeVisible();
    expect(sent[0]).toMatchObject({ name: "Lake", kind: "postgresql", settings: { host: "10.0.0.1", port: 5432, password: " secret ", tls: "verify" } });
  });

  it("tell whether they would take a result", async () => {
    server.use(
      http.get(api("/amc/destinations"), () => page(lake)),
      http.post(api(`/amc/destinations/${lake.id}/test`), () => HttpResponse.json({ ok: false, problem: "The server offers no TLS." })),
    );
    const { user } = open("/amc/runs/destinations");
    expect(await screen.findByText("db.example.com/warehouse: public.results")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try it" }));
    expect(await screen.findByText("The server offers no TLS.")).toBeInTheDocument();
  });
});

describe("a destination that is changed", () => {
  it("keeps its password unless it is given anew, and is tried once it is saved", async () => {
    const sent: { version: string | null; body: unknown }[] = [];
    const moved = { ...lake, name: "Warehouse", settings: { ...lake.settings, port: 6432 }, version: 2 };
    const trials = [{ ok: false, problem: "The password is wrong." }, { ok: true, problem: null }];
    server.use(
      http.get(api("/amc/destinations"), () => page(sent.length === 0 ? lake : moved)),
      http.patch(api(`/amc/destinations/${lake.id}`), async ({ request }) => {
        sent.push({ version: request.headers.get("if-match"), body: await request.json() });
        return HttpResponse.json({ ...moved, version: sent.length + 1 });
      }),
      http.post(api(`/amc/destinations/${lake.id}/test`), () => HttpResponse.json(trials.shift())),
    );
    const { user } = open("/amc/runs/destinations");
    await user.click(await screen.findByRole("button", { name: "More for Lake" }));
    await user.click(await screen.findByRole("menuitem", { name: "Change it" }));
    const dialog = await screen.findByRole("dialog", {}, { timeout: 5_000 });
    expect(within(dialog).getByLabelText("Host")).toHaveValue("db.example.com");
    expect(within(dialog).getByLabelText("Password")).toHaveValue("");
    expect(within(dialog).queryByLabelText("Kind")).not.toBeInTheDocument();
    await user.clear(within(dialog).getByLabelText("Name"));
    await user.type(within(dialog).getByLabelText("Name"), "Warehouse");
    await user.clear(within(dialog).getByLabelText("Port"));
    await user.type(within(dialog).getByLabelText("Port"), "6432");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await user.click(await within(dialog).findByRole("button", { name: "Try it" }));
    expect(await within(dialog).findByText("The password is wrong.")).toBeVisible();
    const { host, database, user: name, tls, schema_name, table_name } = lake.settings;
    const settings = { host, port: 6432, database, user: name, tls, schema_name, table_name };
    expect(sent).toEqual([{ version: '"1"', body: { name: "Warehouse", settings } }]);
    await user.click(within(dialog).getByRole("button", { name: "Change it" }));
    await user.type(within(dialog).getByLabelText("Password"), "another");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await user.click(await within(dialog).findByRole("button", { name: "Try it" }));
    expect(await within(dialog).findByText("It takes results.")).toBeVisible();
    expect(sent[1]).toEqual({ version: '"2"', body: { name: "Warehouse", settings: { ...settings, password: "another" } } });
    await user.click(within(dialog).getByRole("button", { name: "Done" }));
    expect(await screen.findByText("Warehouse")).toBeVisible();
  });

  it("asks for the password when it leads elsewhere", async () => {
    const errors = [{ field: "body.settings.password", code: "secret_needed", hint: "Give it: one that is kept is not sent to another place or user." }];
    server.use(
      http.get(api("/amc/destinations"), () => page(lake)),
      http.patch(api(`/amc/destinations/${lake.id}`), () => refusal(422, "invalid_input", "Some of the input is not valid", { errors })),
    );
    const { user } = open("/amc/runs/destinations");
    await user.click(await screen.findByRole("button", { name: "More for Lake" }));
    await user.click(await screen.findByRole("menuitem", { name: "Change it" }));
    await user.type(await screen.findByLabelText("Host", {}, { timeout: 5_000 }), ".other");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect((await screen.findAllByText(/one that is kept is not sent/)).length).toBeGreaterThan(0);
    expect(screen.getByLabelText("Password")).toHaveAttribute("aria-invalid", "true");
  });
});

describe("a run's deliveries", () => {
  it("say why one failed, and are tried again", async () => {
    let retried = 0;
    server.use(
      http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json(run)),
      http.get(api("/amc/destinations"), () => page(lake)),
      http.get(api("/amc/deliveries"), () => page(delivery)),
      http.post(api(`/amc/deliveries/${delivery.id}/retry`), () => {
        retried += 1;
        return HttpResponse.json({ ...delivery, state: "pending" }, { status: 202 });
      }),
    );
    const { user } = open(`/amc/runs/${run.id}?tab=query`);
    const line = (await screen.findByText("The server cannot be reached.")).closest("li");
    expect(line).not.toBeNull();
    await user.click(within(line as HTMLElement).getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(retried).toBe(1));
  });
});
