import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { checked, client, connection, run, workflow } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

/** A phone's width: the plain editor, which needs no canvas and no worker. */
function onPhone() {
  const wide = window.matchMedia.bind(window);
  window.matchMedia = (query) => Object.assign(wide(query), { matches: query.includes("max-width") });
  return () => {
    window.matchMedia = wide;
  };
}

beforeEach(() => {
  sessionStorage.clear();
  const permissions = ["amc:read", "amc:run", "amc:edit", "amc:manage"];
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })));
  server.use(http.post(api("/amc/check"), () => HttpResponse.json({ ok: true, findings: [], columns: [] })));
  server.use(
    http.post(api("/amc/windows/preview"), () =>
      HttpResponse.json({ start: "2026-10-23T00:00:00", end: "2026-11-22T00:00:00", data_ready: true, hint: "Amazon's data for this window are complete.", next: [] }),
    ),
  );
});

describe("clients", () => {
  it("without a connection hold the first step", async () => {
    server.use(http.get(api("/amc/instances"), () => HttpResponse.json({ items: [], next_cursor: null })));
    open("/amc/clients");
    expect(await screen.findByRole("heading", { name: "No client yet" })).toBeVisible();
    expect(screen.getByRole("link", { name: /Connect an Amazon account/ })).toHaveAttribute("href", "/amc/connections");
  });

  it("name the permission that is missing", async () => {
    server.use(http.get(api("/amc/instances"), () => refusal(403, "permission_denied", "Not allowed", { permission: "amc:read" })));
    open("/amc/clients");
    expect(await screen.findByText("amc:read")).toBeVisible();
  });

  it("take a star at once, and give it back when the server refuses", async () => {
    server.use(http.put(api(`/amc/instances/${client.id}/favourite`), () => refusal(500, "internal", "Something broke here")));
    const { user } = open("/amc/clients");
    const star = await screen.findByRole("button", { name: `Favourite: ${client.name}` });
    await user.click(star);
    await waitFor(() => expect(screen.getByRole("button", { name: `Favourite: ${client.name}` })).toHaveAttribute("aria-pressed", "false"));
    expect(await screen.findByText("Something broke here")).toBeInTheDocument();
  });
});

describe("connections", () => {
  it("tell what Amazon said of one account also where the connection itself is well", async () => {
    const reason = "Agency DE: terms not accepted for this account.";
    server.use(http.get(api("/amc/connections"), () => HttpResponse.json({ items: [{ ...connection, state: "healthy", state_reason: reason }], next_cursor: null })));
    open("/amc/connections");
    expect(await screen.findByText(reason)).toBeVisible();
  });
});

describe("coming back from Amazon", () => {
  it("tells what Amazon said when it gave no consent", async () => {
    window.history.replaceState(null, "", "/amc/connected?error=access_denied&error_description=Denied%20by%20the%20person");
    open("/amc/connected");
    expect(await screen.findByText("Denied by the person")).toBeVisible();
    window.history.replaceState(null, "", "/");
  });

  it("hands code and state over once, digits as they are", async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(api("/amc/connections/complete"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ name: "Agency EU" });
      }),
    );
    window.history.replaceState(null, "", "/amc/connected?code=00123456789012345678901&state=1e5");
    const { router } = open("/amc/connected?code=00123456789012345678901&state=1e5");
    await waitFor(() => expect(router.state.location.pathname).toBe("/amc/clients"));
    expect(sent).toEqual([{ code: "00123456789012345678901", state: "1e5" }]);
    window.history.replaceState(null, "", "/");
  });
});

describe("the editor", () => {
  it("mends a finding, keeps what is not saved over a reload, and saves it with the version it began from", async () => {
    const back = onPhone();
    server.use(http.post(api("/amc/check"), () => HttpResponse.json(checked)));
    const seen: (string | null)[] = [];
    server.use(
      http.patch(api(`/amc/workflows/${workflow.id}`), ({ request }) => {
        seen.push(request.headers.get("if-match"));
        return HttpResponse.json({ ...workflow, number: 4, version: 8 });
      }),
    );
    const first = open(`/amc/library/${workflow.id}`);
    await first.user.click(await screen.findByRole("button", { name: "Use dsp_impressions" }));
    const field = await screen.findByRole("textbox", { name: "Query" });
    expect(field).toHaveValue(workflow.sql.replace("dsp_impresions", "dsp_impressions"));
    first.view.unmount();
    const { user } = open(`/amc/library/${workflow.id}`);
    expect(await screen.findByText("Not saved")).toBeVisible();
    await user.click(screen.getByRole("button", { name: /Save a new version/ }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    await waitFor(() => expect(seen).toEqual(['"7"']));
    await waitFor(() => expect(screen.queryByText("Not saved")).not.toBeInTheDocument());
    back();
  });

  it("shows both texts when somebody was quicker, and saves over it only when told to", async () => {
    const back = onPhone();
    const versions: (string | null)[] = [];
    const theirs = { ...workflow, sql: "SELECT 1", number: 4, version: 9 };
    let saved = false;
    server.use(
      http.get(api(`/amc/workflows/${workflow.id}`), () => HttpResponse.json(versions.length > 0 ? theirs : workflow)),
      http.patch(api(`/amc/workflows/${workflow.id}`), ({ request }) => {
        versions.push(request.headers.get("if-match"));
        if (versions.length === 1) return refusal(412, "version_conflict", "It was changed meanwhile");
        saved = true;
        return HttpResponse.json({ ...theirs, number: 5, version: 10 });
      }),
    );
    const { user } = open(`/amc/library/${workflow.id}`);
    await user.type(await screen.findByRole("textbox", { name: "Query" }), " ");
    await user.click(await screen.findByRole("button", { name: /Save a new version/ }));
    await user.click(await screen.findByRole("button", { name: "Save" }));
    const dialog = await screen.findByRole("dialog", { name: "Somebody saved a newer version" });
    expect(within(dialog).getByText("SELECT 1")).toBeInTheDocument();
    await user.click(within(dialog).getByRole("button", { name: "Save mine as version 5" }));
    await waitFor(() => expect(saved).toBe(true));
    expect(versions).toEqual(['"7"', '"9"']);
    back();
  });
});

describe("the way to a run", () => {
  it("keeps its steps over a reload and sends the run once", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.post(api("/amc/runs"), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).not.toBeNull();
        bodies.push(await request.json());
        return HttpResponse.json(run, { status: 202 });
      }),
    );
    const first = open(`/amc/clients/${client.id}/run`);
    await first.user.click(await screen.findByRole("button", { name: new RegExp(workflow.name) }));
    await first.user.click(await screen.findByRole("button", { name: "14 days" }));
    first.view.unmount();
    const { user, router } = open(`/amc/clients/${client.id}/run?step=3`);
    expect(await screen.findByText(/The last 14 days of complete data/)).toBeVisible();
    await user.click(screen.getByRole("checkbox", { name: /Dry run/ }));
    await user.click(await screen.findByRole("button", { name: "Try it" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/runs/${run.id}`));
    expect(bodies).toEqual([expect.objectContaining({ instance_id: client.id, workflow_id: workflow.id, dry_run: true, window: { kind: "rolling", days: 14, lag_days: null } })]);
  });
});

describe("a run", () => {
  it("that failed marks the place in the query that AMC spoke of", async () => {
    const failed = { ...run, state: "failed", row_count: null, problem: { message: "Table not found", line: 2, column: 6 } };
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json(failed)));
    open(`/amc/runs/${run.id}`);
    const told = await screen.findByRole("alert");
    expect(within(told).getByRole("heading")).toHaveTextContent("Line 2, column 6 of the query");
    expect(told.querySelector("#marked-line")).toHaveTextContent("FROM dsp_impresions");
  });

  it("without a row says so instead of an empty grid", async () => {
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, row_count: 0 })));
    open(`/amc/runs/${run.id}`);
    expect(await screen.findByRole("heading", { name: "No row came back" })).toBeVisible();
  });

  it("under way can be cancelled", async () => {
    let asked = false;
    server.use(
      http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, state: "running", can_cancel: true, row_count: null, finished_at: null })),
      http.post(api(`/amc/runs/${run.id}/cancel`), () => {
        asked = true;
        return HttpResponse.json(run);
      }),
    );
    const { user } = open(`/amc/runs/${run.id}`);
    await user.click(await screen.findByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(asked).toBe(true));
  });
});

describe("guides", () => {
  it("are tried at once for a client, without a copy in the library", async () => {
    server.use(http.get(api("/amc/instances"), () => HttpResponse.json({ items: [client], next_cursor: null })));
    const back = onPhone();
    const { user, router } = open("/amc/library/guides/reach");
    await user.click(await screen.findByRole("button", { name: "Try it now" }));
    await user.click(await within(await screen.findByRole("dialog")).findByRole("button", { name: new RegExp(client.name) }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/clients/${client.id}/run`));
    expect(router.state.location.search).toEqual({ step: 2 });
    back();
  });

  it("note what was read, and copy a query into the library", async () => {
    const sent: unknown[] = [];
    server.use(
      http.put(api("/amc/guides/reach/progress"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ done: 1, total: 2 });
      }),
      http.post(api("/amc/guides/reach/use"), () => HttpResponse.json(workflow, { status: 201 })),
    );
    const back = onPhone();
    const { user, router } = open("/amc/library/guides/reach");
    await user.click((await screen.findAllByRole("checkbox", { name: "Read" }))[0] ?? document.body);
    expect(await screen.findByText("1 of 2 read")).toBeVisible();
    await waitFor(() => expect(sent).toEqual([{ section: "question", done: true }]));
    await user.click(screen.getByRole("button", { name: "Use this query" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/amc/library/${workflow.id}`));
    back();
  });
});
