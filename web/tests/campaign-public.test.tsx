import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";

import { auditKey, publicCampaign } from "./fixtures/campaigns";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const page = "/o/harbour/campaigns/campaign-0";
const campaignPath = api("/public/:org/campaigns/:slug");
const talkPath = api("/public/:org/campaigns/:slug/talk");
const questionPath = api(`/campaigns/${publicCampaign.id}/questions`);

function answer(change: object) {
  server.use(http.get(campaignPath, () => HttpResponse.json({ ...publicCampaign, ...change })));
}

describe("what the public page tells", () => {
  it("says who holds the money, when it is locked and how one leaves", async () => {
    answer({ funding_mode: "charge_on_success", withdraw_text: "In the last 24 hours only while the goal stays reached." });
    open(page);
    expect(await screen.findByText(publicCampaign.custody_text)).toBeVisible();
    expect(screen.getByText(/Nothing is taken when you commit/)).toBeVisible();
    expect(screen.getAllByText(/only while the goal stays reached/).length).toBeGreaterThan(0);
  });

  it("shows stages only, unless the organisation discloses per cent or figures", async () => {
    const first = open(page);
    expect(await screen.findByText("At least 50 % of the goal is committed")).toBeVisible();
    expect(screen.queryByText(/63/)).toBeNull();
    first.view.unmount();
    queryClient.clear();
    answer({ goal_per_cent: 63 });
    const second = open(page);
    expect(await screen.findByText("63 % of the goal")).toBeVisible();
    second.view.unmount();
    queryClient.clear();
    answer({ goal_per_cent: 63, committed_units: 76 });
    open(page);
    expect(await screen.findByText("76 units, 63 % of the goal")).toBeVisible();
  });

  it("shows the ladder to whom the server gives it, and never a saving", async () => {
    const first = open(page);
    expect(await screen.findByText("From 200")).toBeVisible();
    expect(document.body.textContent).not.toMatch(/sav(e|ing)|instead of|cheaper/i);
    first.view.unmount();
    queryClient.clear();
    answer({ unit_price_minor: null, tiers: [] });
    open(page);
    expect(await screen.findByText("Shown after signing in")).toBeVisible();
    expect(screen.queryByText("From 200")).toBeNull();
  });
});

describe("the key that signs the record", () => {
  it("stands on the page to be noted, with where the others are", async () => {
    const { user } = open(page);
    await user.click(await screen.findByText("How to check the record without us"));
    expect(screen.getByText(auditKey.fingerprint.replaceAll(/(.{16})(?=.)/g, "$1 "))).toBeVisible();
    expect(screen.getByRole("link", { name: "All keys, as a key set" })).toHaveAttribute("href", "/api/v1/public/audit-keys");
  });

  it("is not spoken of before there is one", async () => {
    server.use(http.get(api("/public/audit-keys"), () => HttpResponse.json({ keys: [] })));
    open(page);
    expect(await screen.findByText(/Full terms, version/)).toBeVisible();
    expect(screen.queryByText("How to check the record without us")).toBeNull();
  });
});

describe("updates and questions", () => {
  it("stand on the page, with what was answered", async () => {
    open(page);
    expect(await screen.findByRole("heading", { name: "The clay has arrived" })).toBeVisible();
    expect(screen.getByText("Does the glaze bear a dishwasher?")).toBeVisible();
  });

  it("have loading, empty and error states of their own: the rules stay readable", async () => {
    server.use(http.get(talkPath, () => delay("infinite")));
    const first = open(page);
    expect(await screen.findByText("The goal decides")).toBeVisible();
    expect(screen.getByRole("status", { name: "Loading" })).toBeInTheDocument();
    first.view.unmount();
    queryClient.clear();
    server.use(http.get(talkPath, () => HttpResponse.json({ updates: [], questions: [] })));
    const second = open(page);
    expect(await screen.findByText(/No update yet/)).toBeVisible();
    expect(screen.getByText("No question has been answered yet.")).toBeVisible();
    second.view.unmount();
    queryClient.clear();
    server.use(http.get(talkPath, () => refusal(500, "internal", "Something broke here")));
    open(page);
    expect(within(await screen.findByRole("alert")).getByText("req-0f3a")).toBeVisible();
    expect(screen.getByText("The goal decides")).toBeVisible();
  });

  it("takes a question of a signed-in person and says what becomes of it", async () => {
    signedInBefore();
    let sent: unknown;
    server.use(
      http.post(questionPath, async ({ request }) => {
        sent = await request.json();
        return HttpResponse.json({ id: "x", state: "open" }, { status: 201 });
      }),
    );
    const { user } = open(page);
    await user.type(await screen.findByLabelText("Ask the organiser"), "Which lid?");
    await user.click(screen.getByRole("button", { name: "Send the question" }));
    expect(await screen.findByText(/Your question is with the organiser/)).toBeVisible();
    expect(sent).toEqual({ text: "Which lid?" });
    expect(screen.getByLabelText("Ask the organiser")).toHaveValue("");
  });

  it("keeps a refused question, with the reason", async () => {
    signedInBefore();
    server.use(
      http.post(questionPath, () => refusal(429, "too_many_questions", "Too many", { detail: "Wait for an answer first." })),
    );
    const { user } = open(page);
    await user.type(await screen.findByLabelText("Ask the organiser"), "Which lid?");
    await user.click(screen.getByRole("button", { name: "Send the question" }));
    await waitFor(() => expect(screen.getAllByText("Wait for an answer first.").length).toBeGreaterThan(0));
    expect(screen.getByLabelText("Ask the organiser")).toHaveValue("Which lid?");
  });

  it("sends a stranger to sign in and back", async () => {
    const { router, user } = open(page);
    await user.click(await screen.findByRole("link", { name: "Sign in to ask a question" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
    expect(router.state.location.search).toMatchObject({ return_to: page });
  });
});
