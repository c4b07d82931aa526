import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { run } from "./fixtures/amc";
import { alert, comingUp, schedule } from "./fixtures/amc-recurring";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

beforeEach(() => {
  sessionStorage.clear();
  const permissions = ["amc:read", "amc:run", "amc:edit", "amc:manage"];
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })),
    http.post(api("/amc/schedules/preview"), () => HttpResponse.json(comingUp)),
  );
});

describe("schedules", () => {
  it("are put in another order by the server, which the address keeps", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/amc/schedules"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("sort"));
        return HttpResponse.json({ items: [schedule, { ...schedule, id: "01990000-0000-7000-8000-000000009999", name: "Second" }], next_cursor: null });
      }),
    );
    const { user, router } = open("/amc/runs/schedules");
    await user.click(await screen.findByRole("combobox", { name: "Sort by" }));
    await user.click(await screen.findByRole("option", { name: "Next to fire first" }));
    await waitFor(() => expect(asked).toContain("next_fire_at"));
    expect(router.state.location.search).toEqual({ sort: "next_fire_at" });
  });

  it("are those of a state or a client, which the address keeps, and lead back to all", async () => {
    const asked: Record<string, string>[] = [];
    server.use(
      http.get(api("/amc/schedules"), ({ request }) => {
        const query = Object.fromEntries(new URL(request.url).searchParams);
        asked.push(query);
        return HttpResponse.json({ items: query["state"] === "paused" ? [] : [schedule], next_cursor: null });
      }),
    );
    const { user, router } = open(`/amc/runs/schedules?instance_id=${schedule.instance.id}`);
    await waitFor(() => expect(asked).toEqual([expect.objectContaining({ instance_id: schedule.instance.id })]));
    await user.click(await screen.findByRole("combobox", { name: "State" }));
    await user.click(await screen.findByRole("option", { name: "Paused" }));
    await waitFor(() => expect(asked).toContainEqual(expect.objectContaining({ state: "paused", instance_id: schedule.instance.id })));
    await user.click(await screen.findByRole("link", { name: "Show all" }));
    expect(await screen.findByRole("link", { name: schedule.name })).toBeVisible();
    expect(router.state.location.search).toEqual({});
  });
});

describe("a schedule", () => {
  it("tells its rhythm in words, what comes next and how it went", async () => {
    open(`/amc/runs/schedules/${schedule.id}`);
    expect(await screen.findByText("2 days after each month has ended, at 06:00")).toBeVisible();
    const next = await screen.findByRole("region", { name: "What comes next" });
    expect(within(next).getAllByRole("listitem")).toHaveLength(comingUp.firings.length);
    expect(within(next).getByText(/reads 1 Nov 2026/)).toBeVisible();
    expect(screen.getByText("No failure since the last success.")).toBeVisible();
  });

  it("is changed in steps that outlast a reload, with the version that was seen", async () => {
    const sent: { version: string | null; body: unknown }[] = [];
    server.use(
      http.patch(api(`/amc/schedules/${schedule.id}`), async ({ request }) => {
        sent.push({ version: request.headers.get("if-match"), body: await request.json() });
        return HttpResponse.json({ ...schedule, name: "Renamed", version: 7 });
      }),
    );
    const first = open(`/amc/runs/schedules/${schedule.id}/edit?step=3`);
    const field = await screen.findByRole("textbox", { name: "Name" });
    expect(field).toHaveValue(schedule.name);
    await first.user.clear(field);
    await first.user.type(field, "Renamed");
    first.view.unmount();
    const { user, router } = open(`/amc/runs/schedules/${schedule.id}/edit?step=3`);
    expect(await screen.findByRole("textbox", { name: "Name" })).toHaveValue("Renamed");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/runs/schedules/${schedule.id}`));
    expect(sent).toEqual([
      { version: '"6"', body: expect.objectContaining({ name: "Renamed", kind: schedule.kind, window: schedule.window, auto_pause_after: 3 }) as unknown },
    ]);
  });

  it("keeps what was filled in when somebody else was quicker", async () => {
    server.use(http.patch(api(`/amc/schedules/${schedule.id}`), () => refusal(412, "version_conflict", "It was changed meanwhile")));
    const { user } = open(`/amc/runs/schedules/${schedule.id}/edit?step=3`);
    await user.type(await screen.findByRole("textbox", { name: "Name" }), " too");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/What you filled in is kept/)).toBeVisible();
    expect(screen.getByRole("textbox", { name: "Name" })).toHaveValue(`${schedule.name} too`);
  });

  it("is made from a run in the same steps, once", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.post(api("/amc/schedules"), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).not.toBeNull();
        bodies.push(await request.json());
        return HttpResponse.json(schedule, { status: 201 });
      }),
    );
    const { user, router } = open(`/amc/runs/schedules/new?run=${run.id}&step=1`);
    await user.click(await screen.findByRole("button", { name: "Go on" }));
    await user.click(await screen.findByRole("button", { name: "Go on" }));
    expect(await screen.findByRole("textbox", { name: "Name" })).toHaveValue("Kettles - Reach by campaign");
    await user.click(screen.getByRole("button", { name: "Repeat it" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/runs/schedules/${schedule.id}`));
    expect(bodies).toEqual([expect.objectContaining({ workflow_id: run.workflow?.id, window: run.window_rule, catch_up: "last" })]);
  });
});

describe("a schedule whose maker left", () => {
  const left = { ...schedule, state: "paused", pause_reason: "maker_gone", next_fire_at: null };

  it("says so on its page and can be taken over, not just let go on", async () => {
    let taken = false;
    server.use(
      http.get(api(`/amc/schedules/${schedule.id}`), () => HttpResponse.json(taken ? schedule : left)),
      http.post(api(`/amc/schedules/${schedule.id}/take-over`), () => {
        taken = true;
        return HttpResponse.json(schedule);
      }),
    );
    const { user } = open(`/amc/runs/schedules/${schedule.id}`);
    expect(await screen.findByText(/Whoever made it has left/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Go on" })).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Take over" }));
    expect(await screen.findByRole("button", { name: "Hold" })).toBeVisible();
    expect(screen.queryByText(/Whoever made it has left/)).not.toBeInTheDocument();
  });
});

describe("where a schedule's results go", () => {
  const lake = { id: "01990000-0000-7000-8000-000000009901", name: "Lake", kind: "folder", settings: {}, version: 1 };
  const gone = "01990000-0000-7000-8000-000000009902";

  it("begins with the run's destinations, without those that are gone", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.get(api("/amc/destinations"), () => HttpResponse.json({ items: [lake], next_cursor: null })),
      http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, destination_ids: [lake.id, gone] })),
      http.post(api("/amc/schedules"), async ({ request }) => {
        bodies.push(await request.json());
        return HttpResponse.json(schedule, { status: 201 });
      }),
    );
    const { user } = open(`/amc/runs/schedules/new?run=${run.id}&step=3`);
    expect(await screen.findByRole("checkbox", { name: /Lake/ })).toBeChecked();
    await user.click(screen.getByRole("button", { name: "Repeat it" }));
    await waitFor(() => expect(bodies).toEqual([expect.objectContaining({ destination_ids: [lake.id] })]));
  });

  it("stands on its page and is changed in its last step", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.get(api("/amc/destinations"), () => HttpResponse.json({ items: [lake], next_cursor: null })),
      http.get(api(`/amc/schedules/${schedule.id}`), () => HttpResponse.json({ ...schedule, destination_ids: [lake.id] })),
      http.patch(api(`/amc/schedules/${schedule.id}`), async ({ request }) => {
        bodies.push(await request.json());
        return HttpResponse.json({ ...schedule, version: 7 });
      }),
    );
    const first = open(`/amc/runs/schedules/${schedule.id}`);
    expect(await screen.findByText("Lake")).toBeVisible();
    first.view.unmount();
    const { user } = open(`/amc/runs/schedules/${schedule.id}/edit?step=3`);
    await user.click(await screen.findByRole("checkbox", { name: /Lake/ }));
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(bodies).toEqual([expect.objectContaining({ destination_ids: [] })]));
  });
});

describe("what is private", () => {
  it("a run of somebody's private workflow is neither repeated nor watched", async () => {
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, text_is_private: true, sql: null })));
    const first = open(`/amc/runs/${run.id}`);
    expect(await screen.findByRole("heading", { level: 1, name: run.name })).toBeVisible();
    for (const name of ["Alert me", "Run again"]) expect(screen.queryByRole("button", { name })).not.toBeInTheDocument();
    expect(screen.queryByRole("link", { name: "Make this recurring" })).not.toBeInTheDocument();
    first.view.unmount();
    open(`/amc/runs/schedules/new?run=${run.id}&step=1`);
    expect(await screen.findByRole("heading", { name: "This cannot be repeated by you" })).toBeVisible();
  });

  it("where somebody else's webhook leads is not told", async () => {
    const channels = [{ kind: "webhook", url: null }];
    server.use(http.get(api("/amc/alerts"), () => HttpResponse.json({ items: [{ ...alert, channels }], next_cursor: null })));
    open("/amc/runs/alerts");
    expect(await screen.findByText("A webhook")).toBeVisible();
  });
});
