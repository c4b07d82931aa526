import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { client, run, schema, workflow } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const page = (items: unknown[]) => HttpResponse.json({ items, next_cursor: null });

beforeEach(() => {
  sessionStorage.clear();
  const permissions = ["amc:read", "amc:run", "amc:edit", "amc:manage", "audit:read"];
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })));
});

describe("a list", () => {
  it("is sorted by the server, and its first order turns round", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/amc/runs"), ({ request }) => {
        const { searchParams } = new URL(request.url);
        if (searchParams.get("limit") === "50") asked.push(searchParams.get("sort"));
        return page([run]);
      }),
    );
    const { user, router } = open("/amc/runs");
    const grid = await screen.findByRole("grid", { name: "Runs" });
    expect(await within(grid).findByRole("columnheader", { name: "Asked" })).toHaveAttribute("aria-sort", "descending");
    await user.click(within(grid).getByRole("button", { name: "Asked" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ sort: "created_at" }));
    await user.click(within(await screen.findByRole("grid", { name: "Runs" })).getByRole("button", { name: "Rows" }));
    await waitFor(() => expect(router.state.location.search).toEqual({ sort: "row_count" }));
    await waitFor(() => expect(asked.slice(-3)).toEqual([null, "created_at", "row_count"]));
  });

  it("of runs says of which workflow and client they are, and lets go of it", async () => {
    const { user, router } = open(`/amc/runs?workflow_id=${workflow.id}&instance_id=${client.id}`);
    expect(await screen.findByText(`Workflow: ${workflow.name}`)).toBeVisible();
    expect(await screen.findByText(`Client: ${client.name}`)).toBeVisible();
    await user.click(screen.getByRole("button", { name: `Remove filter Workflow: ${workflow.name}` }));
    await waitFor(() => expect(router.state.location.search).toEqual({ instance_id: client.id }));
  });
});

describe("a workflow", () => {
  it("shows its runs beside the query, and leads to all of them", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/amc/runs"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("workflow_id"));
        return page([run]);
      }),
    );
    open(`/amc/library/${workflow.id}?panel=runs`);
    const all = await screen.findByRole("link", { name: /All runs of it/ });
    expect(all).toHaveAttribute("href", `/amc/runs?workflow_id=${workflow.id}`);
    expect(screen.getByRole("link", { name: run.instance.name })).toHaveAttribute("href", `/amc/runs/${run.id}`);
    expect(new Set(asked)).toEqual(new Set([workflow.id]));
  });

  it("changes how rows are filtered without a change of its query", async () => {
    const { user } = open(`/amc/library/${workflow.id}?panel=forecast`);
    expect(await screen.findByRole("button", { name: /Save a new version/ })).toBeDisabled();
    await user.click(await screen.findByRole("combobox", { name: "Rows below their threshold" }));
    await user.click(await screen.findByRole("option", { name: /stay, without the values/ }));
    expect(screen.getByRole("button", { name: /Save a new version/ })).toBeEnabled();
    expect(screen.getByText("Not saved")).toBeVisible();
  });

  it("is renamed at once, and has its old name again when that is refused", async () => {
    let answer: (response: HttpResponse<never> | ReturnType<typeof refusal>) => void = () => undefined;
    server.use(http.patch(api(`/amc/workflows/${workflow.id}`), () => new Promise<ReturnType<typeof refusal>>((resolve) => (answer = resolve))));
    const { user } = open(`/amc/library/${workflow.id}`);
    await user.click(await screen.findByRole("button", { name: `More for ${workflow.name}` }));
    await user.click(await screen.findByRole("menuitem", { name: "Details" }));
    const field = within(await screen.findByRole("dialog", { name: "Details" })).getByRole("textbox", { name: "Name" });
    await user.clear(field);
    await user.type(field, "Another name");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByRole("heading", { level: 1, name: "Another name" })).toBeVisible();
    answer(refusal(500, "internal", "Something broke"));
    expect(await screen.findByRole("heading", { level: 1, name: workflow.name, hidden: true })).toBeInTheDocument();
    expect(await screen.findByRole("textbox", { name: "Name" })).toHaveValue("Another name");
    expect(screen.getByText("The details stay as they were")).toBeVisible();
  });

  it("shows its older versions page by page", async () => {
    const version = (number: number) => ({ number, note: `Note ${String(number)}`, saved_by: null, saved_at: "2026-11-20T08:00:00Z", privacy: "REMOVE_ROWS" });
    server.use(
      http.get(api(`/amc/workflows/${workflow.id}/versions`), ({ request }) => {
        const further = new URL(request.url).searchParams.get("cursor") === "older";
        return HttpResponse.json(further ? { items: [version(1)], next_cursor: null } : { items: [version(2)], next_cursor: "older" });
      }),
    );
    const { user } = open(`/amc/library/${workflow.id}?panel=versions`);
    expect(await screen.findByText("Note 2")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Show more" }));
    expect(await screen.findByText("Note 1")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  it("tells whoever may read the log what happened to it", async () => {
    const event = {
      id: "01990000-0000-7000-8000-00000000e001",
      name: "amc.workflow_changed.v1",
      occurred_at: "2026-11-20T08:00:00Z",
      actor: { kind: "user", id: me.user.id, label: "Ada" },
      payload: { fields: ["name", "folder"], number: 2 },
    };
    server.use(http.get(api("/events"), () => page([event])));
    open(`/amc/library/${workflow.id}?panel=history`);
    expect(await screen.findByText("Name, Folder")).toBeVisible();
    expect(screen.getByText("Raw events")).toBeVisible();
  });
});

describe("the schema", () => {
  it("is read in the library, with a query to begin a workflow with", async () => {
    const bodies: unknown[] = [];
    const [table] = schema.tables;
    server.use(
      http.post(api("/amc/workflows"), async ({ request }) => {
        bodies.push(await request.json());
        return HttpResponse.json(workflow, { status: 201 });
      }),
    );
    const { user, router } = open("/amc/library/schema");
    await user.click(await screen.findByRole("button", { name: /dsp_impressions/ }));
    expect(router.state.location.search).toEqual({ table: "dsp_impressions" });
    expect(screen.getByText("impression_dt_utc")).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Begin a workflow with it" }));
    const dialog = await screen.findByRole("dialog", { name: "New workflow" });
    await user.click(within(dialog).getByRole("button", { name: "Write it" }));
    await waitFor(() => expect(bodies).toEqual([expect.objectContaining({ name: "dsp_impressions", sql: table?.sample })]));
  });
});
