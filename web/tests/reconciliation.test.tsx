import { screen, waitFor, within } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { queryClient } from "@/kernel/query";
import { arrange } from "@/ui/table/work-rows";

import { campaign } from "./fixtures/campaigns";
import { approvalSettings, difference, finance, mail, statement } from "./fixtures/desk";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

beforeEach(() => {
  signedInBefore();
  server.use(http.get(api("/auth/me"), () => HttpResponse.json(finance)));
});

describe.each([
  ["/payments/breaks", "/payments/breaks", "Nothing differs", "payments:read"],
  ["/payments/statements", "/payments/statements", "No statement yet", "payments:read"],
  ["/payments/instructions", "/payments/instructions", "No instruction here", "payments:read"],
  ["/communication", "/mail-messages", "No mail here", "notifications:read"],
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

describe("a difference", () => {
  it("is settled once, with how and why", async () => {
    let sent: unknown;
    server.use(
      http.post(api(`/payments/breaks/${difference.id}/resolve`), async ({ request }) => {
        sent = await request.json();
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = open(`/payments/breaks?state=open&row=${difference.id}`);
    expect(await screen.findByText("-€0.18")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Settle this difference" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(dialog.getByRole("button", { name: "Settle" })).toBeDisabled();
    await user.click(dialog.getByRole("combobox", { name: "How" }));
    await user.click(await screen.findByRole("option", { name: /stays unmatched/ }));
    await user.type(dialog.getByLabelText("Reason"), "Rounded by the bank.");
    await user.click(dialog.getByRole("button", { name: "Settle" }));
    await waitFor(() => expect(sent).toEqual({ resolution: "explained", reason: "Rounded by the bank." }));
  });

  it("without a line cannot stay unmatched", async () => {
    server.use(
      http.get(api("/payments/breaks"), () => HttpResponse.json({ items: [{ ...difference, statement_line_id: null, found_minor: null }], next_cursor: null })),
    );
    const { user } = open(`/payments/breaks?row=${difference.id}`);
    await user.click(await screen.findByRole("button", { name: "Settle this difference" }));
    await user.click(await screen.findByRole("combobox", { name: "How" }));
    expect(await screen.findAllByRole("option")).toHaveLength(2);
  });
});

describe("a statement", () => {
  it("is imported as it is, with the format its name speaks for, and tells the result", async () => {
    let asked = "";
    let kind: string | null = null;
    server.use(
      http.post(api("/payments/statements"), ({ request }) => {
        asked = new URL(request.url).search;
        kind = request.headers.get("content-type");
        return HttpResponse.json({ statement_id: statement.id, is_new: true, matched: 11, breaks_opened: 1, breaks_settled: 0 }, { status: 201 });
      }),
    );
    const { user } = open("/payments/statements");
    await user.click(await screen.findByRole("button", { name: /Import a statement/ }));
    await user.upload(await screen.findByLabelText("File"), new File(["<Document/>"], "camt.xml", { type: "text/xml" }));
    await user.click(screen.getByRole("button", { name: "Import" }));
    const result = within(await screen.findByRole("dialog"));
    expect(await result.findByText("Imported and compared with our records.")).toBeVisible();
    expect(result.getByText("11")).toBeVisible();
    expect(result.getByRole("link", { name: "Open the differences" })).toBeVisible();
    expect(asked).toBe("?format=camt053&file_name=camt.xml");
    expect(kind).toBe("application/octet-stream");
  });

  it("that cannot be read says in which line, and stays to be tried again", async () => {
    server.use(
      http.post(api("/payments/statements"), () =>
        refusal(422, "statement_unreadable", "The statement cannot be read", { errors: [{ field: "line 4", code: "amount", hint: "Give a signed amount." }] }),
      ),
    );
    const { user } = open("/payments/statements");
    await user.click(await screen.findByRole("button", { name: /Import a statement/ }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.upload(dialog.getByLabelText("File"), new File(["x"], "a.csv"));
    await user.click(dialog.getByRole("button", { name: "Import" }));
    expect(await dialog.findByText("line 4: Give a signed amount.")).toBeVisible();
  });

  it("shows its lines in the drawer", async () => {
    open(`/payments/statements?row=${statement.id}`);
    expect(await screen.findByText("€74.79")).toBeVisible();
    expect(screen.getByText("Unmatched")).toBeVisible();
  });
});

describe("the rules of the second person", () => {
  it("are saved with what changed only, and with the version seen", async () => {
    let sent: unknown;
    let match: string | null = null;
    server.use(
      http.patch(api("/approvals/settings"), async ({ request }) => {
        sent = await request.json();
        match = request.headers.get("if-match");
        return HttpResponse.json({ ...approvalSettings, version: 3 });
      }),
    );
    const { user } = open("/settings/approvals");
    const amount = await screen.findByLabelText("Amount");
    const save = screen.getByRole("button", { name: "Save these rules" });
    expect(save).toBeDisabled();
    await user.clear(amount);
    await user.type(amount, "12.345");
    expect(save).toBeDisabled();
    expect(screen.getByText("Give an amount like 250.00.")).toBeVisible();
    await user.clear(amount);
    await user.type(amount, "400");
    await user.click(save);
    await waitFor(() => expect(sent).toEqual({ rules: [{ action: "campaigns.refund", four_eyes: "above", above_minor: 40000, currency: "EUR" }] }));
    expect(match).toBe('"2"');
  });

  it("have loading, empty, error and no-permission states, and are read-only without the right", async () => {
    const path = api("/approvals/settings");
    const states: [() => Response | Promise<Response>, () => Promise<unknown>][] = [
      [() => delay("infinite").then(() => HttpResponse.json({})), () => screen.findByRole("status", { name: "Loading" })],
      [() => HttpResponse.json({ ...approvalSettings, rules: [] }), () => screen.findByText("No action knows a second person")],
      [() => refusal(500, "internal", "Something broke here"), () => screen.findByText("req-0f3a")],
      [() => refusal(403, "denied", "No", { permission: "approvals:read" }), () => screen.findByText("approvals:read")],
    ];
    for (const [answer, seen] of states) {
      server.use(http.get(path, answer));
      const { view } = open("/settings/approvals");
      expect(await seen()).toBeInTheDocument();
      view.unmount();
      queryClient.clear();
    }
    server.use(http.get(path, () => HttpResponse.json(approvalSettings)), http.get(api("/auth/me"), () => HttpResponse.json(me)));
    open("/settings/approvals");
    expect(await screen.findByText("approvals:configure")).toBeVisible();
    expect(screen.getByLabelText("Hours")).toBeDisabled();
  });
});

describe("the organiser's record", () => {
  it("shows what waits for a second person, and says so when a step was asked for", async () => {
    const record = { ...campaign(0), allowed_transitions: [{ name: "unwind", label: "Unwind", needs_reason: true, money_effect: "All goes back." }] };
    server.use(
      http.get(api(`/campaigns/${record.id}`), () => HttpResponse.json(record)),
      http.post(api(`/campaigns/${record.id}/transitions`), () =>
        HttpResponse.json({ ...record, approval_id: "01990000-0000-7000-8000-000000000701" }, { status: 202 }),
      ),
    );
    const { user } = open(`/campaigns/${record.id}`);
    expect((await screen.findAllByText("Waits for a second person")).length).toBeGreaterThan(0);
    await user.click(screen.getByRole("button", { name: /Unwind/ }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByLabelText("Reason"), "The works burnt down.");
    await user.click(dialog.getByRole("button", { name: "Unwind" }));
    const waits = within(await screen.findByRole("dialog", { name: "Waits for a second person" }));
    expect(waits.getByRole("link", { name: "Open the request" })).toBeVisible();
  });
});

describe("the communication log", () => {
  it("asks the server for the chosen state and shows how delivery went", async () => {
    const asked: (string | null)[] = [];
    server.use(
      http.get(api("/mail-messages"), ({ request }) => {
        asked.push(new URL(request.url).searchParams.get("state"));
        return HttpResponse.json({ items: [mail], next_cursor: null });
      }),
    );
    const { user } = open("/communication");
    await user.click(await screen.findByText("settle · member"));
    expect(await screen.findByText("550")).toBeVisible();
    expect(screen.getByText(mail.template)).toBeVisible();
    await user.keyboard("{Escape}");
    await user.click(screen.getByRole("button", { name: "Not delivered" }));
    await waitFor(() => expect(asked).toContain("failed"));
  });
});

describe("the rows of a queue", () => {
  const columns = [
    { id: "name", label: "", width: "", cell: () => null, text: (row: { name: string }) => row.name, order: (row: { name: string }) => row.name },
    { id: "size", label: "", width: "", cell: () => null, text: () => "", order: (row: { size: number }) => row.size },
  ];
  const rows = [
    { name: "b", size: 10 },
    { name: "a", size: 9 },
    { name: "ab", size: 9 },
  ];

  it("keep the server's sequence until asked, and sort by numbers as numbers", () => {
    expect(arrange(rows, columns, "", "")).toBe(rows);
    expect(arrange(rows, columns, "", "size,-name").map(({ name }) => name)).toEqual(["ab", "a", "b"]);
    expect(arrange(rows, columns, "A", "").map(({ name }) => name)).toEqual(["a", "ab"]);
  });
});
