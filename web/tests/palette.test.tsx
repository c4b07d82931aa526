import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { navFor } from "@/shell/nav-items";

import { signIn } from "./fixtures/answers";
import { access } from "./fixtures/operator";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

describe("the palette of an operator", () => {
  const choose = async (typed: string, rights: string[] = access.permissions) => {
    signedInBefore();
    server.use(http.get(api("/admin/access"), () => HttpResponse.json({ ...access, permissions: rights })));
    const { user, router } = open("/campaigns");
    await screen.findByRole("grid");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText("What would you like to do?"), typed);
    return { user, router };
  };

  it("makes an account and invites an operator from anywhere", async () => {
    const { user, router } = await choose("client acc");
    await user.click(await screen.findByRole("option", { name: "New client account" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/console/accounts"));
    expect(await screen.findByRole("dialog", { name: /account/i })).toBeVisible();
    await user.keyboard("{Escape}");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText("What would you like to do?"), "operator");
    await user.click(await screen.findByRole("option", { name: "Invite an operator" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/console/operators"));
    expect(await screen.findByRole("dialog", { name: /operator/i })).toBeVisible();
  });

  it.each([
    ["admin key", "Make an admin key", "/console/operators"],
    ["webhook for", "Add a webhook for alerts", "/console/alerts"],
    ["maintenance w", "Plan a maintenance window", "/console/alerts"],
  ])("opens what %s stands for, from elsewhere and on its page", async (typed, name, path) => {
    const { user, router } = await choose(typed);
    await user.click(await screen.findByRole("option", { name }));
    await waitFor(() => expect(router.state.location.pathname).toBe(path));
    expect(await screen.findAllByRole("dialog")).toHaveLength(1);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText("What would you like to do?"), typed);
    await user.click(await screen.findByRole("option", { name }));
    expect(await screen.findByRole("dialog", { name: /key|webhook|window/i })).toBeVisible();
  });

  it("sets up a tenant", async () => {
    const { user, router } = await choose("set up a ten");
    await user.click(await screen.findByRole("option", { name: "Set up a tenant" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/console/onboarding/new"));
  });

  it("offers what this operator may", async () => {
    await choose("operator", ["onboarding:write"]);
    expect(await screen.findByRole("option", { name: /^Operators/ })).toBeVisible();
    expect(screen.queryByRole("option", { name: "Invite an operator" })).toBeNull();
  });

  it("has a key of its own for every page, capitals too", async () => {
    const keys = navFor(me).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    signedInBefore();
    const { user, router } = open("/settings/profile");
    await screen.findByRole("heading", { name: "Profile" });
    await user.keyboard("g{Shift>}C{/Shift}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/console/accounts"));
  });
});

describe("what the palette finds besides", () => {
  const typed = async (text: string) => {
    signedInBefore();
    const { user, router } = open("/settings/profile");
    await screen.findByRole("heading", { name: "Profile" });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByPlaceholderText("What would you like to do?"), text);
    return { user, router };
  };

  it("is one's other organisations, which are gone over to", async () => {
    const asked: unknown[] = [];
    server.use(
      http.post(api("/auth/switch"), async ({ request }) => {
        asked.push(await request.json());
        return HttpResponse.json(signIn);
      }),
    );
    const { user } = await typed("northern");
    expect(await screen.findByRole("option", { name: /^Northern Roasters/ })).toBeVisible();
    expect(screen.queryByRole("option", { name: /^Harbour Collective/ })).toBeNull();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(asked).toEqual([{ tenant_id: me.memberships[1]?.tenant_id }]));
  });

  it("is a page by the part of the suite it belongs to", async () => {
    await typed("account devices");
    expect(await screen.findByRole("option", { name: /^Devices/ })).toBeVisible();
  });

  it("is the way out", async () => {
    const { user, router } = await typed("sign out");
    server.use(
      http.post(api("/auth/logout"), () => new HttpResponse(null, { status: 204 })),
      http.post(api("/auth/refresh"), () => refusal(401, "no_session", "Sign in")),
    );
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
  });

  it("is offered again where nobody was reached: one is signed in still", async () => {
    const { user, router } = await typed("sign out");
    let reached = false;
    server.use(http.post(api("/auth/logout"), () => (reached ? new HttpResponse(null, { status: 204 }) : HttpResponse.error())));
    const before = router.state.location.pathname;
    await user.keyboard("{Enter}");
    expect(await screen.findByText("You are still signed in")).toBeVisible();
    expect(router.state.location.pathname).toBe(before);
    reached = true;
    server.use(http.post(api("/auth/refresh"), () => refusal(401, "no_session", "Sign in")));
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
  });
});
