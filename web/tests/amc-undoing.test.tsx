import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { connection, workflow } from "./fixtures/amc";
import { alert, schedule } from "./fixtures/amc-recurring";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

let sent: string[] = [];

beforeEach(() => {
  sessionStorage.clear();
  sent = [];
  const permissions = ["amc:read", "amc:run", "amc:edit", "amc:manage"];
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })),
    http.delete(api("/amc/*"), ({ request }) => {
      sent.push(new URL(request.url).pathname.replace("/api/v1", ""));
      return new HttpResponse(null, { status: 204 });
    }),
  );
});

async function choose(user: ReturnType<typeof open>["user"], more: string, verb: string) {
  await user.click(await screen.findByRole("button", { name: `More for ${more}` }));
  await user.click(await screen.findByRole("menuitem", { name: verb }));
}

describe("what is taken away", () => {
  it("leaves its list at once and comes back on undo, unasked for", async () => {
    const { user } = open("/amc/runs/schedules");
    await choose(user, schedule.name, "Repeat it no more");
    expect(await screen.findByText(`${schedule.name} is repeated no more`)).toBeVisible();
    expect(screen.queryByRole("link", { name: schedule.name })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Undo" }));
    expect(await screen.findByRole("link", { name: schedule.name })).toBeVisible();
    window.dispatchEvent(new Event("pagehide"));
    expect(sent).toEqual([]);
  });

  it("on its own page leads back to the list, where it is no more though the server still has it", async () => {
    const { user, router } = open(`/amc/runs/schedules/${schedule.id}`);
    await choose(user, schedule.name, "Repeat it no more");
    await waitFor(() => expect(router.state.location.pathname).toBe("/amc/runs/schedules"));
    expect(await screen.findByText("Nothing is repeated yet")).toBeVisible();
    window.dispatchEvent(new Event("pagehide"));
    await waitFor(() => expect(sent).toEqual([`/amc/schedules/${schedule.id}`]));
  });

  it("comes back with the reason when the server refuses", async () => {
    server.use(http.delete(api("/amc/alerts/*"), () => refusal(403, "permission_denied", "You may not do this")));
    const { user } = open("/amc/runs/alerts");
    await choose(user, alert.name, "Watch it no more");
    await waitFor(() => expect(screen.queryByText(alert.name)).toBeNull());
    window.dispatchEvent(new Event("pagehide"));
    expect(await screen.findByText("The alert stays")).toBeVisible();
    expect(await screen.findByText(alert.name)).toBeVisible();
  });
});

describe("disconnecting", () => {
  it("says what is lost before anything is sent", async () => {
    const { user } = open("/amc/connections");
    await choose(user, connection.name, "Disconnect");
    const dialog = await screen.findByRole("dialog", { name: `Disconnect ${connection.name}?` });
    expect(dialog).toHaveTextContent("It cannot be undone");
    expect(dialog).toHaveTextContent("Nothing can be run for its 3 clients any more");
    expect(sent).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Disconnect" }));
    await waitFor(() => expect(sent).toEqual([`/amc/connections/${connection.id}`]));
  });
});

describe("an archived workflow", () => {
  it("comes back by undo", async () => {
    const asked: string[] = [];
    server.use(
      http.post(api("/amc/workflows/:id/unarchive"), ({ params }) => {
        asked.push(String(params["id"]));
        return HttpResponse.json(workflow);
      }),
    );
    const { user, router } = open(`/amc/library/${workflow.id}`);
    await choose(user, workflow.name, "Archive");
    expect(await screen.findByText(`${workflow.name} is archived`)).toBeVisible();
    expect(router.state.location.pathname).toBe("/amc/library");
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(asked).toEqual([workflow.id]));
  });

  it("has one verb: to be brought back", async () => {
    const asked: string[] = [];
    server.use(
      http.post(api("/amc/workflows/:id/unarchive"), ({ params }) => {
        asked.push(String(params["id"]));
        return HttpResponse.json(workflow);
      }),
    );
    server.use(http.get(api(`/amc/workflows/${workflow.id}`), () => HttpResponse.json({ ...workflow, archived_at: "2026-11-20T08:00:00Z" })));
    const { user } = open(`/amc/library/${workflow.id}`);
    await user.click(await screen.findByRole("button", { name: "Bring it back" }));
    await waitFor(() => expect(asked).toEqual([workflow.id]));
    expect(screen.queryByRole("button", { name: /Save a new version/ })).toBeNull();
  });
});

describe("an alert", () => {
  it("rests, and is changed with the version that was seen", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.patch(api(`/amc/alerts/${alert.id}`), async ({ request }) => {
        bodies.push([request.headers.get("if-match"), await request.json()]);
        return HttpResponse.json(alert);
      }),
    );
    const { user } = open("/amc/runs/alerts");
    await choose(user, alert.name, "Let it rest");
    await waitFor(() => expect(bodies).toEqual([[null, { paused: true }]]));
    await choose(user, alert.name, "Change it");
    const dialog = await screen.findByRole("dialog", { name: "Change the alert" });
    const limit = within(dialog).getByRole("textbox", { name: "Limit" });
    expect(limit).toHaveValue("1000");
    await user.clear(limit);
    await user.type(limit, "2,5");
    await user.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(bodies).toHaveLength(2));
    const { condition, channels, name } = alert;
    expect(bodies[1]).toEqual([`"${String(alert.version)}"`, { name, condition: { ...condition, value: 2.5 }, channels }]);
  });

  it("whose maker has left is taken over as it is, by whoever may", async () => {
    const bodies: unknown[] = [];
    const lost = { ...alert, rests_since: "2026-11-20T08:00:00Z" };
    let shown = lost;
    server.use(
      http.get(api("/amc/alerts"), () => HttpResponse.json({ items: [shown], next_cursor: null })),
      http.patch(api(`/amc/alerts/${alert.id}`), async ({ request }) => {
        bodies.push([request.headers.get("if-match"), await request.json()]);
        shown = { ...lost, rests_since: null } as unknown as typeof lost;
        return HttpResponse.json(shown);
      }),
    );
    const { user } = open("/amc/runs/alerts");
    expect(await screen.findByText("Rests")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Take it over" }));
    await waitFor(() => expect(bodies).toEqual([[`"${String(alert.version)}"`, { condition: alert.condition }]]));
    expect(await screen.findByRole("button", { name: "Try it" })).toBeVisible();
    expect(screen.queryByText("Rests")).toBeNull();
  });

  it("whose maker has left stays for whoever may not", async () => {
    const lost = { ...alert, rests_since: "2026-11-20T08:00:00Z", can_change: false };
    server.use(http.get(api("/amc/alerts"), () => HttpResponse.json({ items: [lost], next_cursor: null })));
    open("/amc/runs/alerts");
    expect(await screen.findByText(/Somebody who sets up clients can take it over/)).toBeVisible();
    expect(screen.queryByRole("button", { name: "Take it over" })).toBeNull();
  });

  it("of somebody else's can be renamed only", async () => {
    server.use(http.get(api("/amc/alerts"), () => HttpResponse.json({ items: [{ ...alert, can_change: false }], next_cursor: null })));
    const { user } = open("/amc/runs/alerts");
    await choose(user, alert.name, "Change it");
    const dialog = await screen.findByRole("dialog", { name: "Change the alert" });
    expect(within(dialog).queryByRole("textbox", { name: "Limit" })).toBeNull();
    expect(dialog).toHaveTextContent("only whoever set it can change");
  });
});
