import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { CatalogueImport } from "@/apps/amc/catalogue/types";

import { client, connection, run } from "./fixtures/amc";
import { mapping } from "./fixtures/amc-recurring";
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

describe("the mapping of a client", () => {
  it("takes a brand with all that the catalogue knows, and is saved whole with its version", async () => {
    const sent: { version: string | null; body: unknown }[] = [];
    const members = { asins: ["B00TEST002", "B00TEST003"], campaign_ids: ["570000000002"] };
    const pans = { name: "Pans", ...members };
    server.use(
      http.get(api("/amc/catalogue/brands/members"), () => HttpResponse.json(members)),
      http.put(api(`/amc/instances/${client.id}/mapping`), async ({ request }) => {
        sent.push({ version: request.headers.get("if-match"), body: await request.json() });
        return HttpResponse.json({ ...mapping, brands: [...mapping.brands, pans], version: 3 });
      }),
    );
    const first = open(`/amc/clients/${client.id}?tab=mapping`);
    await first.user.type(await screen.findByLabelText("Brand to add"), "Pans");
    await first.user.click(screen.getByRole("button", { name: "Add the brand" }));
    expect(await screen.findByRole("button", { name: /^Pans/ })).toHaveTextContent("2 products");
    first.view.unmount();
    const { user } = open(`/amc/clients/${client.id}?tab=mapping`);
    await user.click(await screen.findByRole("button", { name: "Save the mapping" }));
    await waitFor(() => expect(sent).toEqual([{ version: '"2"', body: { brands: [...mapping.brands, pans] } }]));
    await waitFor(() => expect(screen.getByRole("button", { name: "Save the mapping" })).toBeDisabled());
  });

  it("saved by somebody else meanwhile tells the difference, and is saved over only when told to", async () => {
    const versions: (string | null)[] = [];
    const theirs = { ...mapping, brands: [], version: 5 };
    server.use(
      http.get(api(`/amc/instances/${client.id}/mapping`), () => HttpResponse.json(versions.length > 0 ? theirs : mapping)),
      http.put(api(`/amc/instances/${client.id}/mapping`), ({ request }) => {
        versions.push(request.headers.get("if-match"));
        if (versions.length === 1) return refusal(412, "version_conflict", "It was changed meanwhile");
        return HttpResponse.json({ ...mapping, version: 6 });
      }),
    );
    const { user } = open(`/amc/clients/${client.id}?tab=mapping`);
    await user.click(await screen.findByRole("button", { name: /^Kettles/ }));
    await user.type(screen.getByRole("textbox", { name: "Products" }), "\nB00TEST009");
    await user.click(screen.getByRole("button", { name: "Save the mapping" }));
    const told = await screen.findByRole("alert");
    expect(told).toHaveTextContent("yours 2 products, 1 campaigns; theirs not there");
    expect(screen.getByRole("button", { name: "Save the mapping" })).toBeDisabled();
    await user.click(within(told).getByRole("button", { name: "Keep mine, to save over it" }));
    await user.click(await screen.findByRole("button", { name: "Save the mapping" }));
    await waitFor(() => expect(versions).toEqual(['"2"', '"5"']));
  });
});

describe("the catalogue", () => {
  it("lists the lines of a file that were not taken", async () => {
    const { user } = open("/amc/clients/imports");
    expect(await screen.findByText("7 lines not taken")).toBeVisible();
    expect(screen.queryByText(/Line 9:/)).not.toBeInTheDocument();
    await user.click(screen.getByRole("button", { name: "Show all 7" }));
    expect(screen.getByText(/Line 9:/)).toBeVisible();
  });
});

describe("the local AMC", () => {
  const told = { ...client, data_first_on: "2026-08-01", data_last_on: "2026-10-31" };

  it("an empty result says for which days there are data", async () => {
    server.use(
      http.get(api(`/amc/instances/${client.id}`), () => HttpResponse.json(told)),
      http.get(api(`/amc/runs/${run.id}`), () =>
        HttpResponse.json({ ...run, row_count: 0, window_start: "2026-11-02T00:00:00", window_end: "2026-11-20T00:00:00" }),
      ),
    );
    open(`/amc/runs/${run.id}`);
    expect(await screen.findByText(/lies beside the data: the local AMC has 1 Aug 2026 to 31 Oct 2026/)).toBeVisible();
  });
});

describe("what Amazon lists", () => {
  it("is fetched with the one sign-in there is, and followed among the imports", async () => {
    const asked: unknown[] = [];
    let state: object = fetched;
    server.use(
      http.get(api("/amc/connections"), () => page(connection, { ...connection, id: fetched.id, state: "broken" })),
      http.get(api("/amc/catalogue/imports"), () => (asked.length === 0 ? page() : page(state))),
      http.post(api("/amc/catalogue/campaigns/fetch"), async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(fetched, { status: 202 });
      }),
    );
    const first = open("/amc/clients/campaigns");
    const [button] = await screen.findAllByRole("button", { name: "Fetch campaigns from Amazon" });
    await first.user.click(button as HTMLElement);
    await waitFor(() => expect(first.router.state.location.pathname).toBe("/amc/clients/imports"));
    expect(asked).toEqual([{ connection_id: connection.id }]);
    expect(await screen.findByText("Being fetched")).toBeVisible();
    first.view.unmount();
    const reason = "Amazon gives no answer just now. Try again later.";
    state = { ...fetched, state: "failed", problems: [{ line: 0, reason }] };
    open("/amc/clients/imports");
    expect(await screen.findByText("Not fetched")).toBeVisible();
    expect(screen.getByText(reason)).toBeVisible();
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
