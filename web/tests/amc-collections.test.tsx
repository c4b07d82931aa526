import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { client, guide, run, workflow } from "./fixtures/amc";
import { collection, segments } from "./fixtures/amc-boards";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const lake = { id: "01990000-0000-7000-8000-000000009901", name: "Lake", kind: "folder", settings: {}, version: 1 };
const blank = { data_type: "STRING", list: false, kind: "plain", description: "", required: true, group: "", min: null, max: null, options: null, pattern: null, max_items: null, like_mode: null };
const gone = "01990000-0000-7000-8000-000000009902";
const page = (...items: object[]) => HttpResponse.json({ items, next_cursor: null });
const may = (...permissions: string[]) =>
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: permissions.map((each) => `amc:${each}`) })));

beforeEach(() => {
  sessionStorage.clear();
  may("read", "run", "edit");
  server.use(http.get(api("/amc/destinations"), () => page(lake)));
});

describe("where what is collected goes", () => {
  it("begins with the run's destinations, without those that are gone", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, destination_ids: [lake.id, gone] })),
      http.post(api("/amc/collections"), async ({ request }) => {
        bodies.push(await request.json());
        return HttpResponse.json(collection, { status: 201 });
      }),
    );
    const { user } = open(`/amc/runs/collections/new?run=${run.id}`);
    expect(await screen.findByRole("checkbox", { name: /Lake/ })).toBeChecked();
    await user.click(screen.getByRole("button", { name: "Collect it" }));
    await waitFor(() => expect(bodies).toEqual([expect.objectContaining({ destination_ids: [lake.id] })]));
  });

  it("is changed on its page, with the version last seen", async () => {
    const sent: { version: string | null; body: unknown }[] = [];
    server.use(
      http.patch(api(`/amc/collections/${collection.id}`), async ({ request }) => {
        sent.push({ version: request.headers.get("if-match"), body: await request.json() });
        return HttpResponse.json({ ...collection, destination_ids: [lake.id], version: 3 });
      }),
    );
    const { user } = open(`/amc/runs/collections/${collection.id}?tab=about`);
    const group = await screen.findByRole("group", { name: "Take each segment's result to" });
    await user.click(within(group).getByRole("checkbox", { name: /Lake/ }));
    await waitFor(() => expect(sent).toEqual([{ version: '"2"', body: { destination_ids: [lake.id] } }]));
  });

  it("is only read by who may not change it", async () => {
    may("read");
    server.use(http.get(api(`/amc/collections/${collection.id}`), () => HttpResponse.json({ ...collection, destination_ids: [lake.id] })));
    open(`/amc/runs/collections/${collection.id}?tab=about`);
    expect(await screen.findByText("Each segment's result is taken to Lake.")).toBeVisible();
    expect(screen.queryByRole("checkbox", { name: /Lake/ })).not.toBeInTheDocument();
  });

  it("can be added on the spot, without the form around it being sent", async () => {
    may("read", "run", "edit", "manage");
    const made: unknown[] = [];
    const begun: unknown[] = [];
    server.use(
      http.get(api("/amc/destinations"), () => (made.length === 0 ? page() : page(lake))),
      http.post(api("/amc/destinations"), async ({ request }) => {
        made.push(await request.json());
        return HttpResponse.json(lake, { status: 201 });
      }),
      http.post(api("/amc/collections"), async ({ request }) => {
        begun.push(await request.json());
        return HttpResponse.json(collection, { status: 201 });
      }),
    );
    const { user } = open(`/amc/runs/collections/new?run=${run.id}`);
    await user.click(await screen.findByRole("button", { name: "Add a destination" }));
    const dialog = await screen.findByRole("dialog", {}, { timeout: 5_000 });
    await user.type(within(dialog).getByLabelText("Name"), "Lake");
    await user.click(within(dialog).getByRole("combobox", { name: "Kind" }));
    await user.click(await screen.findByRole("option", { name: /Folder/ }));
    await user.click(within(dialog).getByRole("button", { name: "Add it" }));
    await user.click(await screen.findByRole("button", { name: "Done" }));
    expect(begun).toEqual([]);
    expect(await screen.findByRole("checkbox", { name: /Lake/ })).toBeChecked();
    await user.click(screen.getByRole("button", { name: "Collect it" }));
    await waitFor(() => expect(begun).toEqual([expect.objectContaining({ destination_ids: [lake.id] })]));
  });
});

describe("values of single clients", () => {
  const other = { ...client, id: "01990000-0000-7000-8000-000000009299", name: "Harbour Kettles FR" };
  const word = { ...blank, name: "word", label: "Word", default: "Alpha" };

  it("go before those for all, and only where somebody wrote some", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.get(api("/amc/instances"), () => page(client, other)),
      http.get(api(`/amc/workflows/${workflow.id}`), () => HttpResponse.json({ ...workflow, parameters: [word] })),
      http.post(api("/amc/collections"), async ({ request }) => {
        bodies.push(await request.json());
        return HttpResponse.json(collection, { status: 201 });
      }),
    );
    const { user } = open(`/amc/runs/collections/new?workflow=${workflow.id}&client=${client.id}`);
    expect(await screen.findByRole("list", { name: "Chosen clients" })).toHaveTextContent(client.name);
    expect(screen.queryByText("Values of single clients")).not.toBeInTheDocument();
    await user.click(await screen.findByRole("checkbox", { name: /Harbour Kettles FR/ }));
    await user.click(screen.getByRole("button", { name: `Change the values of ${other.name}` }));
    const own = screen.getByRole("group", { name: `Values of ${other.name}` });
    await user.type(within(own).getByLabelText(/Word/), "Beta");
    expect(screen.getByText("Its own: Word")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Collect it" }));
    await waitFor(() => expect(bodies).toEqual([expect.objectContaining({ values: {}, overrides: { [other.id]: { word: "Beta" } } })]));
  });
});

describe("a client whose data have ended", () => {
  const past = { ...client, data_first_on: "2026-08-01", data_last_on: "2026-10-31" };

  it("is collected as far as its data reach, and says so when it is chosen", async () => {
    server.use(http.get(api("/amc/instances"), () => page(past)));
    const { user } = open(`/amc/runs/collections/new?workflow=${workflow.id}`);
    await user.click(await screen.findByRole("checkbox", { name: new RegExp(past.name) }));
    expect(screen.getByLabelText("To, not included")).toHaveValue("2026-10-26");
    expect(screen.getByText(/data of the local AMC: 1 Aug 2026 to 31 Oct 2026/)).toBeVisible();
    await user.clear(screen.getByLabelText("To, not included"));
    await user.type(screen.getByLabelText("To, not included"), "2026-11-16");
    expect(await screen.findByText(/2 segments lie beside them/)).toBeVisible();
  });

  it("shows no success where there are no data", async () => {
    const empty = { ...segments[3], state: "settled", rows: 0, beside_data: true };
    server.use(http.get(api(`/amc/collections/${collection.id}/segments`), () => page(empty)));
    open(`/amc/runs/collections/${collection.id}`);
    const cell = await screen.findByRole("link", { name: /No data of these days/ });
    expect(cell).not.toHaveAccessibleName(/Settled/);
  });
});

describe("a collection that paused itself", () => {
  const left = { ...collection, state: "paused", pause_reason: "maker_gone" };

  it("says why, and is taken over", async () => {
    let taken = false;
    server.use(
      http.get(api(`/amc/collections/${collection.id}`), () => HttpResponse.json(taken ? collection : left)),
      http.post(api(`/amc/collections/${collection.id}/resume`), () => {
        taken = true;
        return HttpResponse.json(collection);
      }),
    );
    const { user } = open(`/amc/runs/collections/${collection.id}`);
    expect(await screen.findByText(/whoever made it has left/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Go on" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Take it over" }));
    await waitFor(() => expect(screen.queryByText(/whoever made it has left/)).not.toBeInTheDocument());
    expect(screen.getByRole("button", { name: /Hold/ })).toBeVisible();
  });

  it("tells who may not take it over who can", async () => {
    may("read", "edit");
    server.use(http.get(api(`/amc/collections/${collection.id}`), () => HttpResponse.json(left)));
    open(`/amc/runs/collections/${collection.id}`);
    expect(await screen.findByText(/Somebody who may run and change queries/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Take it over" })).not.toBeInTheDocument();
  });
});

describe("whoever has no workflow yet", () => {
  it("takes a guide's query on the way to the run", async () => {
    const asked: unknown[] = [];
    server.use(
      http.get(api("/amc/workflows"), () => page()),
      http.post(api(`/amc/guides/${guide.slug}/use`), async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(workflow, { status: 201 });
      }),
    );
    const { user } = open(`/amc/clients/${client.id}/run`);
    await user.click(await screen.findByRole("button", { name: new RegExp(guide.title) }));
    expect(await screen.findByRole("heading", { name: "What this run reads" })).toBeVisible();
    expect(asked).toEqual([{ query: "reach" }]);
  });
});
