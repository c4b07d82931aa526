import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { apiKeys } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const call = {
  id: "01a206b6-0000-7000-8000-0000000000aa",
  called_at: "2026-11-20T10:00:07Z",
  api_key_id: apiKeys[0]?.id,
  user_id: null,
  method: "GET",
  route: "/api/v1/campaigns/{campaign_id}",
  status: 200,
  code: null,
  duration_ms: 3.42,
  response_bytes: 1204,
  request_id: "warehouse-17",
};
const refused = { ...call, id: "01a206b6-0000-7000-8000-0000000000ab", route: "/api/v1/members", status: 403, code: "permission_denied" };
let asked: URLSearchParams[] = [];

beforeEach(() => {
  signedInBefore();
  asked = [];
  server.use(
    http.get(api("/api-log"), ({ request }) => {
      const query = new URL(request.url).searchParams;
      asked.push(query);
      const items = [call, refused].filter((each) => !query.has("status") || query.get("status") === `${String(each.status)[0] ?? ""}xx`);
      return HttpResponse.json({ items, next_cursor: null, count: { value: items.length, capped: false } });
    }),
  );
});

const log = () => screen.findByRole("grid", { name: "Calls" });

describe("the log of the API", () => {
  it("stands beside the keys, names them, and shows a call whole", async () => {
    const { user, router } = open("/settings/api-keys");
    await user.click(await screen.findByRole("tab", { name: "Log" }));
    const table = await log();
    expect(router.state.location.search).toEqual({ tab: "log" });
    expect(within(table).getByText("/campaigns/{campaign_id}")).toBeVisible();
    expect(within(table).getAllByText("Warehouse sync")).toHaveLength(2);
    expect(within(table).getByText("403 permission_denied")).toBeVisible();
    expect(within(table).getAllByText("3.4 ms")).toHaveLength(2);
    expect(within(table).getAllByText(/20 Nov 2026, \d\d:\d\d:07$/)).toHaveLength(2);
    expect(screen.getByText("2 calls")).toBeVisible();
    await user.click(within(table).getByText("/campaigns/{campaign_id}"));
    expect(await screen.findByText("Bytes answered")).toBeVisible();
    expect(screen.getByText(/Fri 20 Nov 2026, \d\d:\d\d:07 /)).toBeVisible();
  });

  it("is narrowed by its address, and by what is typed: an address or a request", async () => {
    const { user } = open("/settings/api-keys?tab=log&status=4xx");
    await log();
    expect(asked.at(-1)?.get("status")).toBe("4xx");
    expect(screen.queryByText("/campaigns/{campaign_id}")).toBeNull();
    await user.click(screen.getByRole("button", { name: /Remove filter Answer/ }));
    const field = screen.getByPlaceholderText("/address or request id");
    await user.type(field, "/members");
    await waitFor(() => expect(asked.at(-1)?.get("route")).toBe("/api/v1/members"));
    expect(asked.at(-1)?.has("request_id")).toBe(false);
    await user.clear(field);
    await user.type(field, "warehouse-17");
    await waitFor(() => expect(asked.at(-1)?.get("request_id")).toBe("warehouse-17"));
    expect(asked.at(-1)?.has("route")).toBe(false);
  });

  it("says how to begin when nothing was called, and what is missing when it may not be read", async () => {
    server.use(http.get(api("/api-log"), () => HttpResponse.json({ items: [], next_cursor: null, count: { value: 0, capped: false } })));
    const { view } = open("/settings/api-keys?tab=log");
    expect(await screen.findByRole("heading", { name: "No call yet" })).toBeVisible();
    view.unmount();
    server.use(http.get(api("/api-log"), () => refusal(503, "database_unavailable", "The database is away")));
    open("/settings/api-keys?tab=log&status=5xx");
    expect(await screen.findByRole("button", { name: /again/i })).toBeVisible();
  });
});
