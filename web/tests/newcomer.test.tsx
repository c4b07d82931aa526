import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { awaited } from "@/apps/campaigns/organiser/awaited";
import type { Campaign } from "@/apps/campaigns/types";
import { likeness } from "@/shell/likeness";

import { campaign } from "./fixtures/campaigns";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

describe("the first press on the sign-in page", () => {
  it("leaves an empty field without a word, and does what was pressed", async () => {
    const { user } = open("/sign-in");
    const field = await screen.findByLabelText("E-mail");
    await user.click(field);
    await user.tab();
    expect(screen.queryByText("Enter your e-mail address")).toBeNull();
    expect(field).toBeValid();
    await user.click(screen.getByRole("button", { name: "E-mail me a sign-in link" }));
    expect(await screen.findByText("Enter your e-mail address")).toBeVisible();
  });

  it("shows what is wrong only once the press is over: nothing moves under the pointer", async () => {
    const { user } = open("/sign-in");
    await user.type(await screen.findByLabelText("E-mail"), "ada");
    const other = screen.getByRole("button", { name: "Use a password instead" });
    await user.pointer({ target: other, keys: "[MouseLeft>]" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(screen.queryByText("Enter your e-mail address")).toBeNull();
    await user.pointer({ target: other, keys: "[/MouseLeft]" });
    expect(await screen.findByLabelText("Password")).toBeVisible();
    expect(await screen.findByText("Enter your e-mail address")).toBeVisible();
  });
});

describe("the palette", () => {
  it("ranks beginnings of words before letters scattered over them", () => {
    expect(likeness("API keys", "api")).toBe(1);
    expect(likeness("New API key", "api")).toBeLessThan(1);
    expect(likeness("New API key", "api")).toBeGreaterThan(likeness("Rapid answers", "api"));
    expect(likeness("New campaign", "api")).toBe(0);
    expect(likeness("New campaign", "camp new")).toBeGreaterThan(0);
  });

  it("opens the API keys for api, and begins with something of use", async () => {
    signedInBefore();
    const { user, router } = open("/campaigns");
    await screen.findByRole("grid");
    await user.keyboard("{Control>}k{/Control}");
    const field = await screen.findByPlaceholderText("What would you like to do?");
    const [first] = await screen.findAllByRole("option");
    expect(first).not.toHaveTextContent(/theme/i);
    await user.type(field, "api");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/api-keys"));
  });
});

describe("what can be made", () => {
  const choose = async (typed: string, permissions: string[] = me.permissions) => {
    signedInBefore();
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions })));
    const { user, router } = open("/campaigns");
    await screen.findByRole("grid");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText("What would you like to do?"), typed);
    return { user, router };
  };

  it("opens from anywhere: a colleague is invited from the list of campaigns", async () => {
    const { user, router } = await choose("colleague", [...me.permissions, "tenancy:manage_members"]);
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/members"));
    const dialog = await screen.findByRole("dialog", { name: /Invite/ });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(dialog).not.toBeVisible());
    await router.navigate({ to: "/campaigns" });
    await router.navigate({ to: "/settings/members" });
    await screen.findByRole("heading", { name: "Members" });
    expect(screen.queryByRole("dialog", { name: /Invite/ })).toBeNull();
  });

  it("is offered to those who may, and once where the page offers it itself", async () => {
    await choose("colleague");
    expect(screen.queryByRole("option", { name: /colleague/ })).toBeNull();
  });

  it("is a new organisation for everybody, and each thing once", async () => {
    const { user, router } = await choose("new");
    expect(await screen.findAllByRole("option", { name: /^New campaign/ })).toHaveLength(1);
    await user.click(screen.getByRole("option", { name: "New organisation" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/organisations/new"));
  });
});

describe("a new organisation", () => {
  const fill = async (twins: typeof me.twins) => {
    signedInBefore();
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, twins })));
    const sent: unknown[] = [];
    server.use(
      http.post(api("/organisations"), async ({ request }) => {
        sent.push(await request.json());
        return refusal(409, "slug_taken", "This short name is taken");
      }),
    );
    const { user } = open("/organisations/new");
    await user.type(await screen.findByLabelText("Name"), "Trial");
    return { user, sent, send: () => user.click(screen.getByRole("button", { name: "Create organisation" })) };
  };

  it("is a sandbox for who asks for one", async () => {
    const { user, sent, send } = await fill([{ name: "payments", label: "Payments are simulated" }]);
    await user.click(await screen.findByRole("checkbox", { name: /A sandbox, to try things/ }));
    await send();
    await waitFor(() => expect(sent).toEqual([{ name: "Trial", is_sandbox: true }]));
  });

  it("is none where money is real", async () => {
    const { sent, send } = await fill([]);
    await send();
    await waitFor(() => expect(sent).toEqual([{ name: "Trial", is_sandbox: false }]));
    expect(screen.queryByRole("checkbox")).toBeNull();
  });
});

describe("campaigns", () => {
  it("goes back to the list, not to the emptied form, after a campaign was saved", async () => {
    signedInBefore();
    server.use(http.post(api("/campaigns"), () => HttpResponse.json(campaign(3), { status: 201 })));
    const { user, router } = open("/campaigns");
    await screen.findByRole("grid");
    await user.keyboard("n");
    await user.type(await screen.findByLabelText("Title"), "Desk lamps, together");
    await user.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/campaigns/${campaign(3).id}`));
    router.history.back();
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
  });

  it("leads from what is missing to its field, and holds the submission back meanwhile", async () => {
    signedInBefore();
    server.use(http.get(api("/campaigns/:id"), () => HttpResponse.json(campaign(3))));
    open(`/campaigns/${campaign(3).id}`);
    const link = await screen.findByRole("link", { name: "Set the deadline, 1 to 60 days ahead." });
    expect(link).toHaveAttribute("href", `/campaigns/${campaign(3).id}/edit#deadline_at`);
    const submit = screen.getByRole("button", { name: /Submit for review/ });
    expect(submit).toBeDisabled();
    expect(submit).toHaveAccessibleDescription(/things are missing/);
  });

  it("says who is awaited, and until when the server knows", () => {
    const at = (state: string, more: Partial<Campaign> = {}) => awaited({ ...campaign(0), state, ...more });
    expect(at("awaiting_supplier", { accept_by: "2026-12-20T12:00:00Z" })).toMatch(/Kiln & Daughters .* until .*20 Dec/);
    expect(at("inspecting", { inspection_ends_at: "2026-12-30T12:00:00Z" })).toMatch(/Members inspect .* until .*30 Dec/);
    expect(at("inspecting", { release_held_at: "2026-12-30T12:00:00Z" })).toMatch(/held back/);
    expect(at("fulfilling")).toMatch(/Kiln & Daughters delivers/);
    expect(at("live")).toBeNull();
  });

  it("names who took a step, and says that an address names no campaign", async () => {
    signedInBefore();
    const { view } = open(`/campaigns/${campaign(0).id}`);
    expect(await screen.findByText(/by Tomás Iglesias/)).toBeVisible();
    view.unmount();
    server.use(
      http.get(api("/campaigns/:id"), () =>
        refusal(422, "invalid_input", "Some of the input is not valid", {
          errors: [{ field: "path.campaign_id", code: "uuid_parsing", hint: "Not an id." }],
        }),
      ),
    );
    open("/campaigns/nonsense");
    expect(await screen.findByRole("heading", { name: "There is no such campaign" })).toBeVisible();
    expect(screen.getByRole("link", { name: "To the campaigns" })).toHaveAttribute("href", "/campaigns");
  });
});

describe("approvals", () => {
  it("lists a submitted campaign for those who may approve it", async () => {
    signedInBefore();
    const waiting = {
      subject_kind: "campaign",
      subject_id: campaign(5).id,
      title: "Desk lamps, together",
      asks: "Approve the campaign for publication, or send it back",
      path: `/campaigns/${campaign(5).id}`,
      asked_by: null,
      asked_at: "2026-11-20T14:05:00Z",
    };
    server.use(
      http.get(api("/approvals"), () => HttpResponse.json({ items: [], next_cursor: null })),
      http.get(api("/approvals/waiting"), () => HttpResponse.json({ items: [waiting] })),
    );
    open("/approvals");
    expect(await screen.findByRole("heading", { name: "For your review" })).toBeVisible();
    expect(screen.getByRole("link", { name: /^Desk lamps, together/ })).toHaveAttribute("href", waiting.path);
    expect(screen.queryByText("Nothing waits for a decision")).toBeNull();
  });
});
