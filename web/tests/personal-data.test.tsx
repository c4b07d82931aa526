import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { AttendedRequest } from "@/platform/console/personal-data/types";

import { approvals } from "./fixtures/approvals";
import { access, tenant } from "./fixtures/operator";
import { open, signedInBefore } from "./open";
import { api, server } from "./server";

const request = (changes: Partial<AttendedRequest>): AttendedRequest => ({
  id: "01990000-0000-7000-8000-00000000e001",
  tenant_id: tenant.id,
  tenant_name: tenant.name,
  kind: "erasure",
  user_id: "01990000-0000-7000-8000-00000000e0ff",
  display_name: "Ada Byron",
  email: "ada@example.com",
  requested_at: "2026-10-01T08:00:00Z",
  answer_by: "2026-11-01T08:00:00Z",
  is_late: false,
  due_at: "2026-10-08T08:00:00Z",
  state: "waiting",
  obstacles: [],
  ended_at: null,
  can_retry: false,
  can_withdraw: true,
  ...changes,
});
const put = {
  id: "01990000-0000-7000-8000-00000000e002",
  is_late: true,
  can_retry: true,
  obstacles: [{ code: "unpaid_refunds", text: "Refunds have not arrived yet: wait until they have.", count: 1 }],
};

function answer(items: AttendedRequest[], isComplete = true) {
  const asked: URLSearchParams[] = [];
  server.use(
    http.get(api("/admin/personal-data"), ({ request: sent }) => {
      asked.push(new URL(sent.url).searchParams);
      return HttpResponse.json({ items, next_cursor: null, is_complete: isComplete });
    }),
  );
  return asked;
}

beforeEach(signedInBefore);

describe("requests about personal data, for operators", () => {
  it("say whose they are, when the answer is due, and what stands in the way", async () => {
    const asked = answer([request(put), request({ kind: "export", id: "01990000-0000-7000-8000-00000000e003", can_withdraw: false })]);
    const { user, router } = open("/console/personal-data");
    const line = (await screen.findByText("Erasure of Ada Byron")).closest("li") as HTMLElement;
    expect(within(line).getByText("Late")).toBeVisible();
    expect(within(line).getByText(/Refunds have not arrived yet/)).toBeVisible();
    expect(within(line).getByText(/answer due 1 Nov 2026/)).toBeVisible();
    expect(within(line).getByRole("link", { name: tenant.name })).toHaveAttribute("href", `/console/tenants/${tenant.id}`);
    expect(within(line).getByRole("link", { name: "ada@example.com" })).toHaveAttribute("href", expect.stringContaining("/console/users?email=ada"));
    expect(screen.getByText("Copy for Ada Byron")).toBeVisible();
    expect(asked[0]?.get("state")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(asked.at(-1)?.get("state")).toBe("done"));
    expect(router.state.location.search).toEqual({ state: "done" });
  });

  it("are tried again at once, and withdrawn after a word about whose right it is", async () => {
    answer([request(put)]);
    const sent: string[] = [];
    server.use(
      http.post(api(`/admin/tenants/${tenant.id}/personal-data/:id/:verb`), ({ params }) => {
        sent.push(String(params["verb"]));
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = open("/console/personal-data");
    await user.click(await screen.findByRole("button", { name: "Try again: Erasure of Ada Byron" }));
    expect(await screen.findByText("It is tried again now")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Withdraw: Erasure of Ada Byron" }));
    const dialog = await screen.findByRole("dialog", { name: "Withdraw the erasure" });
    expect(within(dialog).getByText(/it is their right/)).toBeVisible();
    expect(sent).toEqual(["retry"]);
    await user.click(within(dialog).getByRole("button", { name: "Withdraw" }));
    await waitFor(() => expect(sent).toEqual(["retry", "withdraw"]));
  });

  it("are only looked at without the right, and an erased person has no name", async () => {
    server.use(http.get(api("/admin/access"), () => HttpResponse.json({ ...access, permissions: ["personal_data:read"] })));
    answer([request({ ...put, display_name: null, email: null })]);
    open("/console/personal-data");
    expect(await screen.findByText("Erasure of Former member")).toBeVisible();
    await waitFor(() => expect(screen.queryByRole("button", { name: /^Withdraw: / })).toBeNull());
  });

  it("say when there is nothing, and when a database did not answer", async () => {
    answer([], false);
    open("/console/personal-data");
    expect(await screen.findByText("Nobody waits for an answer")).toBeVisible();
    expect(screen.getByText(/did not answer: its requests are missing/)).toBeVisible();
  });
});

describe("somebody who is no member any more", () => {
  const [first] = approvals;
  const gone = first?.requested_by ?? "";
  const listed = (former: { display_name: string | null; is_erased: boolean }) => {
    server.use(
      http.get(api("/approvals"), () => HttpResponse.json({ items: [first], next_cursor: null })),
      http.get(api("/members"), () => HttpResponse.json({ items: [], next_cursor: null })),
      http.get(api("/members/former"), () =>
        HttpResponse.json({ items: [{ id: "01990000-0000-7000-8000-00000000e009", user_id: gone, removed_at: null, ...former }], next_cursor: null }),
      ),
    );
    open("/approvals");
  };

  it("is named while the organisation may", async () => {
    listed({ display_name: "Grace Left", is_erased: false });
    expect(await screen.findByText(/Grace Left/)).toBeVisible();
  });

  it("is a former member once they are erased", async () => {
    listed({ display_name: null, is_erased: true });
    expect(await screen.findByText(/Former member/)).toBeVisible();
    expect(screen.queryByText(gone)).toBeNull();
  });
});
