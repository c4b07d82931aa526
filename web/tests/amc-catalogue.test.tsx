import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { CatalogueImport } from "@/apps/amc/catalogue/types";

import { connection } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const page = (...items: object[]) => HttpResponse.json({ items, next_cursor: null });
const fetched: CatalogueImport = {
  id: "01990000-0000-7000-8000-000000009801",
  subject: "campaigns",
  file_name: "Amazon Ads",
  state: "waiting",
  lines: 0,
  added: 0,
  changed: 0,
  unchanged: 0,
  refused: 0,
  problems: [],
  asked_by: null,
  asked_at: "2026-11-24T08:00:00Z",
  finished_at: null,
};

beforeEach(() => {
  sessionStorage.clear();
  const permissions = ["amc:read", "amc:run", "amc:edit", "amc:manage"];
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })));
});

describe("what Amazon lists", () => {
  it("is fetched with the one sign-in there is, and followed among the imports", async () => {
    const asked: unknown[] = [];
    server.use(
      http.get(api("/amc/connections"), () => page(connection, { ...connection, id: fetched.id, state: "broken" })),
      http.get(api("/amc/catalogue/imports"), () => (asked.length === 0 ? page() : page(fetched))),
      http.post(api("/amc/catalogue/campaigns/fetch"), async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(fetched, { status: 202 });
      }),
    );
    const { user, router } = open("/amc/clients/campaigns");
    const [button] = await screen.findAllByRole("button", { name: "Fetch campaigns from Amazon" });
    await user.click(button as HTMLElement);
    await waitFor(() => expect(router.state.location.pathname).toBe("/amc/clients/imports"));
    expect(asked).toEqual([{ connection_id: connection.id }]);
    expect(await screen.findByText("Being fetched")).toBeVisible();
  });

  it("and did not come says why, of no line", async () => {
    const reason = "Amazon gives no answer just now. Try again later.";
    server.use(http.get(api("/amc/catalogue/imports"), () => page({ ...fetched, state: "failed", problems: [{ line: 0, reason }] })));
    open("/amc/clients/imports");
    expect(await screen.findByText("Not fetched")).toBeVisible();
    expect(await screen.findByText(reason)).toBeVisible();
    expect(screen.queryByText(/Line 0/)).not.toBeInTheDocument();
  });

  it("asks whose sign-in when there are several, and says why nothing came", async () => {
    const asked: unknown[] = [];
    const other = { ...connection, id: fetched.id, name: "Agency US" };
    server.use(
      http.get(api("/amc/connections"), () => page(connection, other)),
      http.post(api("/amc/catalogue/asins/fetch"), async ({ request }) => {
        asked.push(await request.json());
        return refusal(409, "amc_connection_not_usable", "The Amazon connection is not signed in", { detail: "Sign in again." });
      }),
    );
    const { user, router } = open("/amc/clients/products");
    const [button] = await screen.findAllByRole("button", { name: "Fetch products from Amazon" });
    await user.click(button as HTMLElement);
    await user.click(await screen.findByRole("menuitem", { name: "Agency US" }));
    expect(await screen.findByText("Amazon was not asked")).toBeInTheDocument();
    expect(asked).toEqual([{ connection_id: other.id }]);
    expect(router.state.location.pathname).toBe("/amc/clients/products");
  });

  it("needs a sign-in first", async () => {
    server.use(http.get(api("/amc/connections"), () => page({ ...connection, state: "broken" })));
    open("/amc/clients/products");
    const [link] = await screen.findAllByRole("link", { name: "Sign in to fetch from Amazon" });
    expect(link).toHaveAttribute("href", "/amc/connections");
  });
});
