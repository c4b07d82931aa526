import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";
import { navFor } from "@/shell/nav-items";

import { dispute, exception, exceptionRecord, finance, refund } from "./fixtures/desk";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const settling = () => server.use(http.get(api("/auth/me"), () => HttpResponse.json(finance)));
const waiting = { approval_id: "01990000-0000-7000-8000-000000000701" };

/** Notes what is sent to a path, and answers it. */
function noted(path: string, answer: object, status = 200) {
  const sent: { body: unknown; key: string | null }[] = [];
  server.use(
    http.post(api(path), async ({ request }) => {
      sent.push({ body: await request.json(), key: request.headers.get("idempotency-key") });
      return HttpResponse.json(answer, { status });
    }),
  );
  return sent;
}

beforeEach(() => {
  signedInBefore();
  settling();
});

describe.each([
  ["/desk/exceptions?open=true", "/campaign-exceptions", "No exception here", "campaigns:read"],
  ["/desk/refunds?state=failed", "/refunds", "No refund here", "campaigns:read"],
  ["/desk/disputes?state=open", "/campaign-card-disputes", "No card dispute here", "campaigns:read"],
  ["/desk/payouts?state=failed", "/campaign-payouts", "No payment here", "campaigns:read"],
] as const)("%s", (address, path, empty, permission) => {
  it("has loading, empty, error and no-permission states", async () => {
    const states: [() => Response | Promise<Response>, () => Promise<unknown>][] = [
      [() => delay("infinite").then(() => HttpResponse.json({})), () => screen.findByRole("status", { name: "Loading" })],
      [() => HttpResponse.json({ items: [], next_cursor: null }), () => screen.findByText(empty)],
      [() => refusal(500, "internal", "Something broke here"), () => screen.findByText("req-0f3a")],
      [() => refusal(403, "denied", "No", { permission }), () => screen.findByText(permission)],
    ];
    for (const [answer, seen] of states) {
      server.use(http.get(api(path), answer));
      const { view } = open(address);
      expect(await seen()).toBeInTheDocument();
      view.unmount();
      queryClient.clear();
    }
  });
});

describe("the control room", () => {
  it("gathers what waits, each kind with its number and its way", async () => {
    open("/desk");
    const queue = (name: string) => screen.findByRole("region", { name });
    for (const [name, text] of [
      ["Refused refunds", "€1,200.00"],
      ["Wait for a second person", "€1,842.50"],
      ["Open card disputes", dispute.commitment_reference],
      ["Refused payments to suppliers", "€3,424.00"],
      ["Differences with statements", "cap_1f09"],
    ] as const) {
      expect(await within(await queue(name)).findByText(text)).toBeVisible();
    }
    const found = await within(await queue("Open exceptions")).findByRole("link", { name: new RegExp(exception.title) });
    expect(found).toHaveAttribute("href", expect.stringContaining(exception.id));
    expect(await screen.findByText("0.83 %")).toBeVisible();
    expect(screen.getByText("Above 0.75 %")).toBeVisible();
    expect(await screen.findByText("Covered")).toBeVisible();
  });

  it("says so when nothing waits, and one broken queue leaves the others", async () => {
    server.use(
      http.get(api("/refunds"), () => HttpResponse.json({ items: [], next_cursor: null })),
      http.get(api("/campaign-payouts"), () => refusal(500, "internal", "Something broke here")),
    );
    open("/desk");
    expect(await screen.findByText("Every refund has gone out.")).toBeVisible();
    expect(await screen.findByText("req-0f3a")).toBeVisible();
    expect(await screen.findByText(exception.title)).toBeVisible();
  });

  it("is for those who may read campaigns, and shows no queue that one may not read", async () => {
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["campaigns:commit"] })));
    const { view } = open("/desk");
    expect(await screen.findByText("campaigns:read")).toBeVisible();
    view.unmount();
    queryClient.clear();
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["campaigns:read"] })));
    open("/desk");
    expect(await screen.findByRole("region", { name: "Refused refunds" })).toBeVisible();
    expect(screen.queryByRole("region", { name: "Differences with statements" })).toBeNull();
    const ways = (permissions: string[]) => navFor({ ...me, permissions }).map(({ to }) => to);
    expect(ways(["campaigns:read"])).toContain("/desk");
    expect(ways(["campaigns:commit"])).not.toContain("/desk");
    expect(ways(["payments:read"])).toContain("/payments/breaks");
  });
});

describe("a refused refund", () => {
  it("is sorted, searched and opened by keyboard", async () => {
    const { user } = open("/desk/refunds?state=failed");
    const rows = () => screen.getAllByRole("row").slice(1).map((row) => row.textContent);
    await screen.findByText(refund.commitment_reference);
    await user.click(screen.getByRole("button", { name: /Amount/ }));
    await waitFor(() => expect(rows()[0]).toMatch(/€74\.97|€1,200\.00/));
    const first = rows()[0];
    await user.click(screen.getByRole("button", { name: /Amount/ }));
    await waitFor(() => expect(rows()[0]).not.toBe(first));
    screen.getAllByRole("row")[1]?.focus();
    await user.keyboard(" ");
    expect(await screen.findByRole("complementary", { name: /Peek/ })).toBeVisible();
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("complementary", { name: /Peek/ })).toBeNull();
    await user.type(screen.getByRole("searchbox"), "2KD4");
    await waitFor(() => expect(rows()).toHaveLength(1));
  });

  it("is instructed again with its amount named and a key", async () => {
    const sent = noted(`/refunds/${refund.id}/retry`, { ...refund, state: "instructed" });
    const { user } = open(`/desk/refunds?state=failed&row=${refund.id}`);
    await user.click(await screen.findByRole("button", { name: "Instruct it again" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByText(/€74\.97 of commitment C-8WF9-9SQ3-6/)).toBeVisible();
    await user.click(dialog.getByRole("button", { name: "Refund €74.97" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is paid another way by a second person, to whom the page leads", async () => {
    const sent = noted(`/refunds/${refund.id}/alternative-payout`, waiting, 202);
    const { user } = open(`/desk/refunds?state=failed&row=${refund.id}`);
    await user.click(await screen.findByRole("button", { name: "Pay it another way" }));
    const ask = screen.getByRole("button", { name: "Ask a second person" });
    expect(ask).toBeDisabled();
    await user.type(screen.getByLabelText("Account at the provider"), "acct_member");
    await user.type(screen.getByLabelText("Where the member's agreement is to be found"), "Letter of 3 March.");
    await user.click(ask);
    expect(await screen.findByRole("dialog", { name: "Waits for a second person" })).toBeVisible();
    expect(screen.getByRole("link", { name: "Open the request" })).toHaveAttribute("href", `/approvals/${waiting.approval_id}`);
    expect(sent[0]?.body).toEqual({ destination: "acct_member", evidence: "Letter of 3 March." });
  });

  it("leaves Escape to the dialogue over the drawer", async () => {
    const { user } = open(`/desk/refunds?state=failed&row=${refund.id}`);
    await user.click(await screen.findByRole("button", { name: "Instruct it again" }));
    await screen.findByRole("dialog");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("complementary", { name: /Peek/ })).toBeVisible();
  });

  it("offers nothing to those who do not settle", async () => {
    server.use(http.get(api("/auth/me"), () => HttpResponse.json(me)));
    open(`/desk/refunds?state=failed&row=${refund.id}`);
    expect(await screen.findByText("campaigns:settle")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Instruct it again" })).toBeNull();
  });
});

describe("an exception", () => {
  it("is asked for by what the address says, typed or followed", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/campaign-exceptions"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("open"));
        return HttpResponse.json({ items: [exception], next_cursor: null });
      }),
    );
    open("/desk/exceptions?open=true");
    expect(await screen.findByText(exception.title)).toBeVisible();
    expect(asked).toContain("true");
  });

  const address = `/desk/exceptions?open=true&row=${exception.id}`;

  it("is triaged with another severity", async () => {
    const sent = noted(`/campaign-exceptions/${exception.id}/move`, exception);
    const { user } = open(address);
    await user.click(await screen.findByRole("button", { name: "Triage" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("combobox", { name: "Severity" }));
    await user.click(await screen.findByRole("option", { name: "Critical" }));
    await user.click(dialog.getByRole("button", { name: "Triage" }));
    await waitFor(() => expect(sent[0]?.body).toEqual({ step: "triage", severity: "critical" }));
  });

  it("names its campaign and commitment as people do", async () => {
    open(address);
    expect(await screen.findByRole("link", { name: "Cast-iron pans, first round" })).toBeVisible();
    expect(screen.getByText("C-8WF9-9SQ3-6")).toBeVisible();
  });

  it("is looked after by oneself", async () => {
    const sent = noted(`/campaign-exceptions/${exception.id}/assign`, exception);
    const { user } = open(address);
    await user.click(await screen.findByRole("button", { name: "Look after it" }));
    await waitFor(() => expect(sent[0]?.body).toEqual({ assigned_to: me.user.id }));
  });

  it("is resolved only with what was done, and shows why it cannot be closed", async () => {
    const steps = [{ name: "resolve", target: "resolved", label: "Resolve", guard: "What was done is said." }];
    server.use(
      http.get(api(`/campaign-exceptions/${exception.id}`), () => HttpResponse.json({ ...exceptionRecord, state: "in_progress", steps })),
      http.post(api(`/campaign-exceptions/${exception.id}/move`), () => refusal(409, "evidence_missing", "Add evidence before closing")),
    );
    const { user } = open(address);
    await user.click(await screen.findByRole("button", { name: "Resolve" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByRole("button", { name: "Resolve" })).toBeDisabled();
    await user.type(dialog.getByLabelText("What was done"), "Paid another way.");
    await user.click(dialog.getByRole("button", { name: "Resolve" }));
    expect(await dialog.findByText("Add evidence before closing")).toBeVisible();
  });

  it("gets a file as evidence: uploaded first, then pointed at", async () => {
    let uploaded = "";
    server.use(
      http.post(api("/files"), ({ request }) => {
        uploaded = new URL(request.url).search;
        return HttpResponse.json({ id: "01990000-0000-7000-8000-000000000999" }, { status: 201 });
      }),
    );
    const sent = noted(`/campaign-exceptions/${exception.id}/evidence`, exception, 201);
    const { user } = open(address);
    await user.click(await screen.findByRole("button", { name: "Add evidence" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.upload(dialog.getByLabelText("File"), new File(["It arrived."], "note.txt", { type: "text/plain" }));
    await user.type(dialog.getByLabelText("What it shows"), "The bank's answer");
    await user.click(dialog.getByRole("button", { name: "Add" }));
    await waitFor(() =>
      expect(sent[0]?.body).toEqual({ kind: "file", pointer: "01990000-0000-7000-8000-000000000999", note: "The bank's answer" }),
    );
    expect(uploaded).toContain("purpose=campaign_exception_evidence");
  });
});
