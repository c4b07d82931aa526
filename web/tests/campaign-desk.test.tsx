import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { daysBetween } from "@/apps/campaigns/organiser/day-bars";
import { campaignSchema, toBody, toValues } from "@/apps/campaigns/organiser/form-schema";
import { flowOf } from "@/apps/campaigns/organiser/money-flow";
import { queryClient } from "@/kernel/query";

import { books, campaign } from "./fixtures/campaigns";
import { dashboard, settings, talk } from "./fixtures/talk";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const { id } = campaign(0);
const record = (tab: string) => `/campaigns/${id}?tab=${tab}`;

beforeEach(signedInBefore);

describe("the figures behind the pictures", () => {
  it("leaves no day out, and looks ninety days back at most", () => {
    const bars = daysBetween(dashboard.days, dashboard.first_on, dashboard.today_on);
    expect(bars.map(({ on }) => on)).toHaveLength(12);
    expect(bars[2]).toEqual({ on: "2026-11-12", units: 0, kept: 0 });
    expect(daysBetween([], "2026-01-01", "2026-11-21")).toHaveLength(90);
  });

  it("splits what came in without losing a cent", () => {
    const flow = flowOf(books);
    expect(flow.in).toBe(450000);
    expect(flow.out).toEqual([
      { to: "escrow", amount: 330000 },
      { to: "refund_due", amount: 5000 },
      { to: "members", amount: 15000 },
      { to: "supplier", amount: 80000 },
      { to: "income", amount: 20000 },
    ]);
  });
});

describe.each([
  ["dashboard", `/campaigns/${id}/dashboard`, { ...dashboard, days: [] }, "No commitment yet"],
  ["notices", `/campaigns/${id}/notices`, { items: [] }, "No notice yet"],
  ["talk", `/campaigns/${id}/questions`, { items: [], next_cursor: null }, /No question yet/],
  ["messages", `/campaigns/${id}/messages`, { items: [], next_cursor: null }, "Nobody was told anything yet"],
] as const)("tab %s", (tab, path, empty, words) => {
  it("has loading, empty, error and no-permission states", async () => {
    server.use(http.get(api(path), () => delay("infinite")));
    const first = open(record(tab));
    expect((await screen.findAllByRole("status", { name: "Loading" })).length).toBeGreaterThan(0);
    first.view.unmount();
    queryClient.clear();
    server.use(http.get(api(path), () => HttpResponse.json(empty)));
    const second = open(record(tab));
    expect(await screen.findByText(words)).toBeVisible();
    second.view.unmount();
    queryClient.clear();
    server.use(http.get(api(path), () => refusal(500, "internal", "Something broke here")));
    const third = open(record(tab));
    expect(await screen.findByText("req-0f3a")).toBeVisible();
    third.view.unmount();
    queryClient.clear();
    server.use(http.get(api(path), () => refusal(403, "denied", "No", { permission: "campaigns:read" })));
    open(record(tab));
    expect(await screen.findByText("campaigns:read")).toBeVisible();
  });
});

describe("the organiser's record", () => {
  it("gives the forecast with its range and its method", async () => {
    open(record("dashboard"));
    expect(await screen.findByText("258")).toBeVisible();
    expect(screen.getByText("71 – 480")).toBeVisible();
    expect(screen.getByText(/mean of the last 7 whole days/)).toBeVisible();
    expect(await screen.findByText("With the supplier")).toBeVisible();
  });

  it("draws what was in escrow day by day, and says it in words", async () => {
    open(record("dashboard"));
    const said = "In escrow between 20 Nov 2026 and 22 Nov 2026: at most €4,500.00, last €3,980.50";
    expect(await screen.findByRole("img", { name: said })).toBeInTheDocument();
  });

  it("requests an extension with all four parts and a key", async () => {
    let sent: Record<string, unknown> = {};
    server.use(
      http.get(api(`/campaigns/${id}/notices`), () => HttpResponse.json({ items: [] })),
      http.post(api(`/campaigns/${id}/extension`), async ({ request }) => {
        expect(request.headers.get("idempotency-key")).not.toBeNull();
        sent = (await request.json()) as Record<string, unknown>;
        return HttpResponse.json({ id: "n" }, { status: 201 });
      }),
    );
    const { user } = open(record("notices"));
    await user.click(await screen.findByRole("button", { name: "Request an extension" }));
    const dialog = within(await screen.findByRole("dialog"));
    const send = dialog.getByRole("button", { name: "Request the extension" });
    await user.type(dialog.getByLabelText("What changes"), "Three more days.");
    await user.type(dialog.getByLabelText("Why"), "A trade fair.");
    expect(send).toBeDisabled();
    await user.type(dialog.getByLabelText("The worst case"), "Still not enough.");
    await user.type(dialog.getByLabelText("New closing time"), "2026-12-21T18:00");
    await user.click(send);
    await waitFor(() => expect(sent).toMatchObject({ what: "Three more days.", worst_case: "Still not enough." }));
    expect(sent["new_date_at"]).toBe(new Date("2026-12-21T18:00").toISOString());
  });

  it("publishes an update and an answer", async () => {
    const sent: unknown[] = [];
    server.use(
      http.post(api("/questions/:id/answer"), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(talk.questions[0]);
      }),
      http.post(api(`/campaigns/${id}/updates`), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json(talk.updates[0], { status: 201 });
      }),
    );
    const { user } = open(record("talk"));
    await user.click(await screen.findByRole("button", { name: "Answer or hide" }));
    await user.type(await screen.findByLabelText("Answer"), "A steel lid.");
    await user.click(screen.getByRole("button", { name: "Publish the answer" }));
    await waitFor(() => expect(sent).toEqual([{ answer: "A steel lid." }]));
    await user.click(screen.getByRole("button", { name: "Publish an update" }));
    await user.type(await screen.findByLabelText("Title"), "Clay");
    await user.type(screen.getByLabelText("Text"), "It is here.");
    await user.click(screen.getByRole("button", { name: "Publish" }));
    await waitFor(() => expect(sent[1]).toEqual({ title: "Clay", text: "It is here." }));
  });
});

describe("the form", () => {
  const values = toValues({ ...campaign(0), goal_amount_minor: 99900, tiers: [{ min_units: 200, unit_price_minor: 1190 }] });

  it("keeps a ladder, a goal by amount and the funding mode through the form and back", () => {
    expect(values).toMatchObject({ goal_amount: "999.00", funding_mode: "escrow_capture" });
    expect(toBody(values, new Set(["tiers", "goal_amount", "funding_mode"]))).toEqual({
      tiers: [{ min_units: 200, unit_price_minor: 1190 }],
      goal_amount_minor: 99900,
      funding_mode: "escrow_capture",
    });
  });

  it.each([
    [[{ min_units: "120", unit_price: "11.90" }], "tiers.0.min_units"],
    [[{ min_units: "200", unit_price: "99.00" }], "tiers.0.unit_price"],
    [[{ min_units: "200", unit_price: "11.90" }, { min_units: "200", unit_price: "10" }], "tiers.1.min_units"],
    [[{ min_units: "200", unit_price: "x" }], "tiers.0.unit_price"],
  ])("refuses the ladder %j at %s", (tiers, place) => {
    const { error } = campaignSchema.safeParse({ ...values, tiers });
    expect(error?.issues.map(({ path }) => path.join("."))).toContain(place);
  });
});

describe("the settings", () => {
  it("save what members see and may do, and nothing else", async () => {
    let sent: unknown;
    server.use(
      http.patch(api("/campaign-settings"), async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json(settings);
      }),
    );
    const { user } = open("/settings/campaigns");
    const days = await screen.findByLabelText("Days to answer a notice");
    await user.clear(days);
    await user.type(days, "61");
    expect(screen.getByRole("button", { name: "Save these choices" })).toBeDisabled();
    await user.clear(days);
    await user.type(days, "5");
    await user.click(screen.getByRole("button", { name: "Save these choices" }));
    await waitFor(() =>
      expect(sent).toEqual({
        disclosure: "stages",
        pricing: "fixed",
        withdraw: "until_close",
        public_discovery: false,
        notice_answer_days: 5,
        charge_retry_days: 7,
      }),
    );
  });
});
