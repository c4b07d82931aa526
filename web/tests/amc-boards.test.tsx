import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { client, run, workflow } from "./fixtures/amc";
import { board, collection, figures, segments } from "./fixtures/amc-boards";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const empty = { items: [], next_cursor: null };

beforeEach(() => {
  // The day after the last of the fixtures' weeks; only the date stands still.
  vi.useFakeTimers({ now: new Date("2026-11-24T09:00:00Z"), toFake: ["Date"] });
  sessionStorage.clear();
  const permissions = ["amc:read", "amc:run", "amc:edit"];
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })));
});

afterEach(() => vi.useRealTimers());

describe("a collection", () => {
  it("shows each segment with sign and words, and leads to its run", async () => {
    open(`/amc/runs/collections/${collection.id}`);
    const grid = await screen.findByRole("region", { name: "Segments" });
    expect(within(grid).getByRole("link", { name: /26 Oct 2026 – 1 Nov 2026\. Settled: 12 rows/ })).toHaveAttribute("href", `/amc/runs/${run.id}`);
    expect(within(grid).getByRole("link", { name: /Provisional: collected again from/ })).toBeVisible();
    expect(within(grid).getByRole("img", { name: /16 Nov 2026 – 22 Nov 2026\. Waiting/ })).toBeVisible();
  });

  it("tries one failed segment again, or all", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.get(api(`/amc/collections/${collection.id}/segments`), ({ request }) =>
        {
        const wanted = new URL(request.url).searchParams.get("state");
        return HttpResponse.json({ items: segments.filter(({ state }) => wanted === null || state === wanted), next_cursor: null });
      }),
      http.post(api(`/amc/collections/${collection.id}/retry`), async ({ request }) => {
        bodies.push(await request.json());
        return HttpResponse.json(collection);
      }),
    );
    const { user } = open(`/amc/runs/collections/${collection.id}`);
    const failed = await screen.findByRole("region", { name: "Failed segments" });
    expect(await within(failed).findByText("Too many runs overlap")).toBeVisible();
    await user.click(within(failed).getByRole("button", { name: /^Try again: Harbour/ }));
    await waitFor(() => expect(bodies).toEqual([{ segment_ids: [segments[2]?.id] }]));
    await user.click(within(failed).getByRole("button", { name: "Try all again" }));
    await waitFor(() => expect(bodies).toHaveLength(2));
    expect(bodies[1]).toEqual({});
  });

  it("becomes a dashboard in one click", async () => {
    server.use(http.post(api(`/amc/collections/${collection.id}/board`), () => HttpResponse.json(board, { status: 201 })));
    const { user, router } = open(`/amc/runs/collections/${collection.id}`);
    await user.click(await screen.findByRole("button", { name: /Make a dashboard/ }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/boards/${board.id}`));
  });

  it("goes on by itself when told to, with the version last seen", async () => {
    const seen: unknown[] = [];
    server.use(
      http.patch(api(`/amc/collections/${collection.id}`), async ({ request }) => {
        seen.push(request.headers.get("if-match"), await request.json());
        return HttpResponse.json({ ...collection, continuing: true });
      }),
    );
    const { user } = open(`/amc/runs/collections/${collection.id}?tab=about`);
    await user.click(await screen.findByRole("checkbox", { name: /Goes on by itself/ }));
    await waitFor(() => expect(seen).toEqual(['"2"', { continuing: true }]));
  });

  it("is begun from a finished run, its count told before", async () => {
    const bodies: Record<string, unknown>[] = [];
    server.use(
      http.post(api("/amc/collections"), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).not.toBeNull();
        bodies.push((await request.json()) as Record<string, unknown>);
        return HttpResponse.json(collection, { status: 201 });
      }),
    );
    const { user, router } = open(`/amc/runs/collections/new?run=${run.id}`);
    expect(await screen.findByText("12 runs")).toBeVisible();
    expect(screen.getByText("12 segments × 1 client")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Collect it" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/runs/collections/${collection.id}`));
    expect(bodies[0]).toMatchObject({ workflow_id: workflow.id, instance_ids: [client.id], continuing: false, segments: { unit: "week" }, time_zone: "Europe/Berlin" });
  });

  it("needs a client and a workflow that somebody chose", async () => {
    const { user } = open("/amc/runs/collections/new");
    await user.click(await screen.findByRole("button", { name: new RegExp(workflow.name) }));
    expect(await screen.findByText("Choose at least one client.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Collect it" })).toBeDisabled();
    await user.click(await screen.findByRole("checkbox", { name: new RegExp(client.name) }));
    expect(screen.getByRole("button", { name: "Collect it" })).toBeEnabled();
  });

  it("that is the first leads on from an empty list", async () => {
    server.use(http.get(api("/amc/collections"), () => HttpResponse.json(empty)));
    open("/amc/runs/collections");
    expect(await screen.findByRole("link", { name: /Collect over time/ })).toHaveAttribute("href", "/amc/runs/collections/new");
  });
});

describe("a dashboard", () => {
  it("says new, never adds reach up, and lists what is missing", async () => {
    open(`/amc/boards/${board.id}`);
    const impressions = await screen.findByRole("article", { name: "Impressions" });
    expect(impressions).toHaveTextContent("2,100");
    expect(impressions).toHaveTextContent("new");
    const reach = screen.getByRole("article", { name: "Reach" });
    expect(reach).toHaveTextContent("never added up");
    expect(reach).not.toHaveTextContent("2,100");
    expect(within(reach).getByRole("rowheader", { name: "9 Nov 26" })).toBeVisible();
    expect(screen.getByRole("article", { name: "CTR" })).toHaveTextContent("1.25 %+25 % was 1 %");
    expect(screen.getByText(/1 segment has no figures yet/)).toBeVisible();
    expect(screen.getByText(/Hollow and dashed figures are provisional/)).toBeVisible();
  });

  it("asks for the period and the comparison of its address", async () => {
    const asked: string[] = [];
    server.use(
      http.get(api(`/amc/boards/${board.id}/figures`), ({ request }) => {
        asked.push(new URL(request.url).search);
        return HttpResponse.json(figures);
      }),
    );
    const { user, router } = open(`/amc/boards/${board.id}`);
    await user.click(await screen.findByRole("button", { name: "Last 1 segment" }));
    await waitFor(() => expect(asked.at(-1)).toBe("?from=2026-11-16&to=2026-11-23&compare=previous&group=segment"));
    expect(router.state.location.search).toMatchObject({ from: "2026-11-16", to: "2026-11-23" });
  });

  it("outlives its collection", async () => {
    server.use(http.get(api(`/amc/collections/${collection.id}`), () => refusal(404, "not_found", "There is none")));
    open(`/amc/boards/${board.id}`);
    expect(await screen.findByRole("article", { name: "Impressions" })).toBeVisible();
    expect(screen.getByText(/archived/)).toBeVisible();
  });

  it("saves its measures with the version last seen, and says when somebody was quicker", async () => {
    const seen: unknown[] = [];
    server.use(
      http.patch(api(`/amc/boards/${board.id}`), async ({ request }) => {
        seen.push(request.headers.get("if-match"), await request.json());
        return refusal(412, "version_conflict", "It was changed meanwhile");
      }),
    );
    const { user } = open(`/amc/boards/${board.id}`);
    await user.click(await screen.findByRole("button", { name: /^Measures/ }));
    const dialog = await screen.findByRole("dialog", { name: "Measures" });
    await user.click(within(dialog).getByRole("tab", { name: "Where it stands" }));
    await user.click(await within(dialog).findByRole("button", { name: "Move Reach up from place 2" }));
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    expect(await within(dialog).findByText(/Somebody else changed this dashboard/)).toBeVisible();
    expect(seen[0]).toBe('"4"');
    expect((seen[1] as { layout: { measure_id: string }[] }).layout.map((tile) => tile.measure_id)).toEqual(["reach", "impressions", "ctr"]);
  });

  it("is frozen behind a link that is shown once", async () => {
    const bodies: Record<string, unknown>[] = [];
    server.use(
      http.post(api(`/amc/boards/${board.id}/snapshots`), async ({ request }) => {
        bodies.push((await request.json()) as Record<string, unknown>);
        return HttpResponse.json({ id: board.id, url: "https://amc.example.com/s/amc/t0ken", token: "t0ken", expires_at: "2026-12-20T08:00:00Z" }, { status: 201 });
      }),
    );
    const { user } = open(`/amc/boards/${board.id}`);
    await user.click(await screen.findByRole("button", { name: /^Snapshots/ }));
    await user.click(await screen.findByRole("button", { name: "Make a snapshot" }));
    expect(await screen.findByRole("textbox", { name: "Link" })).toHaveValue("https://amc.example.com/s/amc/t0ken");
    expect(bodies[0]).toMatchObject({ name: board.name, from: "2026-10-26", to: "2026-11-23", compare: "previous", group: "segment" });
  });
});

describe("a snapshot of a dashboard with two clients", () => {
  const other = { id: "01990000-0000-7000-8000-00000000aa02", name: "Rival Kettles" };
  const bodies: Record<string, unknown>[] = [];
  beforeEach(() => {
    bodies.length = 0;
    const two = { ...collection, clients: [{ id: client.id, name: client.name }, other] };
    server.use(
      http.get(api(`/amc/collections/${collection.id}`), () => HttpResponse.json(two)),
      http.post(api(`/amc/boards/${board.id}/snapshots`), async ({ request }) => {
        bodies.push((await request.json()) as Record<string, unknown>);
        return HttpResponse.json({ id: board.id, url: "https://amc.example.com/s/amc/t", token: "t", expires_at: "2026-12-20T08:00:00Z" }, { status: 201 });
      }),
    );
  });

  it("is of the one that the dashboard shows alone, and says so", async () => {
    const { user } = open(`/amc/boards/${board.id}?client=${client.id}`);
    await user.click(await screen.findByRole("button", { name: /^Snapshots/ }));
    expect(await screen.findByText(`Only ${client.name} is in it, by name.`, { exact: false })).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Make a snapshot" }));
    await waitFor(() => expect(bodies.map(({ instance_id: id }) => id)).toEqual([client.id]));
  });

  it("holds both where both are shown, and tells how to share one", async () => {
    const { user } = open(`/amc/boards/${board.id}`);
    await user.click(await screen.findByRole("button", { name: /^Snapshots/ }));
    expect(await screen.findByText(/All 2 clients are in it, by name.*show only that client/)).toBeVisible();
    await user.click(await screen.findByRole("button", { name: "Make a snapshot" }));
    await waitFor(() => expect(bodies.map((body) => "instance_id" in body)).toEqual([false]));
  });
});

describe("a snapshot", () => {
  it("is read without an account", async () => {
    localStorage.clear();
    open("/s/amc/t0ken");
    expect(await screen.findByRole("heading", { name: "Kettles in autumn" })).toBeVisible();
    expect(screen.getByRole("article", { name: "Impressions" })).toHaveTextContent("+50 % was 1,400");
    expect(screen.getByText(/Frozen/)).toBeVisible();
  });

  it("that is gone says so", async () => {
    server.use(http.get(api("/public/amc/snapshots/t0ken"), () => refusal(404, "not_found", "There is none")));
    open("/s/amc/t0ken");
    expect(await screen.findByRole("heading", { name: "This link shows nothing" })).toBeVisible();
  });
});
