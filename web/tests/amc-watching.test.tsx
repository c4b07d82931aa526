import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { client, run } from "./fixtures/amc";
import { alert, comingUp, mapping, schedule } from "./fixtures/amc-recurring";
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

describe("an alert", () => {
  it("is put together from the columns of the run, and shows its secret once", async () => {
    const bodies: unknown[] = [];
    server.use(
      http.post(api("/amc/alerts"), async ({ request }) => {
        bodies.push(await request.json());
        const channels = [{ kind: "webhook", url: "https://example.com/hook" }];
        return HttpResponse.json({ ...alert, channels, webhook_secret: "whsec_shown-once" }, { status: 201 });
      }),
    );
    const { user } = open(`/amc/runs/${run.id}`);
    await user.click(await screen.findByRole("button", { name: "Alert me" }));
    const dialog = await screen.findByRole("dialog", { name: "Alert me on results" });
    await user.click(within(dialog).getByRole("combobox", { name: "Figure" }));
    await user.click(await screen.findByRole("option", { name: "impressions" }));
    await user.clear(within(dialog).getByRole("textbox", { name: "Limit" }));
    await user.type(within(dialog).getByRole("textbox", { name: "Limit" }), "1000");
    expect(within(dialog).getByText("Sum of impressions is below 1,000.")).toBeVisible();
    await user.click(within(dialog).getByRole("button", { name: "Add a webhook" }));
    await user.type(within(dialog).getByRole("textbox", { name: "Webhook" }), "https://example.com/hook");
    await user.click(within(dialog).getByRole("button", { name: "Make the alert" }));
    expect(await screen.findByRole("button", { name: "Copy whsec_shown-once" })).toBeVisible();
    expect(bodies).toEqual([
      {
        name: "Reach by campaign",
        workflow_id: run.workflow?.id,
        condition: { column: "impressions", aggregate: "sum", op: "<", value: 1000 },
        channels: [{ kind: "mail", to: me.user.email }, { kind: "webhook", url: "https://example.com/hook" }],
      },
    ]);
    await user.click(screen.getByRole("button", { name: "I have kept it" }));
    await waitFor(() => expect(screen.queryByText("whsec_shown-once")).not.toBeInTheDocument());
  });

  it("on a schedule that went meanwhile says so", async () => {
    server.use(http.post(api("/amc/alerts"), () => refusal(404, "amc_schedule_not_found", "No schedule has this id")));
    const { user } = open(`/amc/runs/schedules/${schedule.id}?tab=alerts`);
    await user.click(await screen.findByRole("button", { name: "Make an alert" }));
    const dialog = await screen.findByRole("dialog", { name: "Alert me on results" });
    await user.click(within(dialog).getByRole("button", { name: "Make the alert" }));
    expect(await within(dialog).findByText(/No schedule has this id/)).toBeVisible();
  });

  it("can be tried", async () => {
    let tried = false;
    server.use(
      http.post(api(`/amc/alerts/${alert.id}/test`), () => {
        tried = true;
        return HttpResponse.json({ not_sent: [] }, { status: 202 });
      }),
    );
    const { user } = open("/amc/runs/alerts");
    await user.click(await screen.findByRole("button", { name: "Try it" }));
    await waitFor(() => expect(tried).toBe(true));
  });
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
