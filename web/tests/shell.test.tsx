import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { signIn } from "./fixtures/answers";
import { campaign } from "./fixtures/campaigns";
import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

describe("shell", () => {
  it("shows that a twin is in use and who acts for whom", async () => {
    const impersonator = { id: "x", email: "op@metatron.example", reason: "ticket 12", expires_at: "2026-11-21T02:00:00Z" };
    server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, impersonator })));
    open("/settings/profile");
    expect(await screen.findByText(/Mail stays in the local mailbox\. Nothing leaves this machine\./)).toBeVisible();
    expect(screen.getByText(/op@metatron\.example acts as ada@harbour\.example/)).toHaveTextContent("ticket 12");
  });

  it("lists every verb in the palette and runs the chosen one", async () => {
    const { user, router } = open("/campaigns");
    await screen.findByRole("grid");
    await user.keyboard("{Control>}k{/Control}");
    const field = await screen.findByPlaceholderText("What would you like to do?");
    expect(await screen.findByRole("option", { name: /New campaign/ })).toBeVisible();
    await user.type(field, "members");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/members"));
  });

  it("goes by keys: g then a letter, a page's own key, ? for help, Escape back", async () => {
    const { user, router } = open("/settings/profile");
    await screen.findByRole("heading", { name: "Profile" });
    await user.keyboard("gc");
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
    await screen.findByRole("grid");
    await user.keyboard("n");
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns/new"));
    await screen.findByLabelText("Title");
    await user.keyboard("{Escape}{Escape}");
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
    await user.keyboard("?");
    expect(await screen.findByRole("dialog", { name: "Keys" })).toBeVisible();
  });

  it("goes by g and a letter in the first second of a page as well", async () => {
    const { router } = open("/settings/profile");
    await screen.findByRole("heading", { name: "Profile" });
    const press = (key: string, timeStamp: number) => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
      Object.defineProperty(event, "timeStamp", { value: timeStamp });
      document.body.dispatchEvent(event);
    };
    press("g", 300);
    press("c", 500);
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
  });

  it("asks for a sign-in when there is no session, and remembers the way back", async () => {
    server.use(http.post(api("/auth/refresh"), () => refusal(401, "no_session", "Sign in")));
    const { router } = open("/campaigns?state=live");
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
    expect(router.state.location.search).toMatchObject({ return_to: "/campaigns?state=live" });
  });

  it("goes over to another organisation", async () => {
    let asked: unknown = null;
    server.use(
      http.post(api("/auth/switch"), async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json({ access_token: "other", token_type: "Bearer", expires_in: 900, return_to: null, mfa_required: false });
      }),
    );
    const { user } = open("/settings/profile");
    await user.click(await screen.findByRole("button", { name: "Organisation: Harbour Collective" }));
    await user.click(await screen.findByRole("menuitem", { name: "Northern Roasters" }));
    await waitFor(() => expect(asked).toEqual({ tenant_id: me.memberships[1]?.tenant_id }));
  });

  it("asks for nothing of the record it leaves under the organisation it goes to", async () => {
    signedInBefore();
    let over = false;
    const late: string[] = [];
    server.use(
      http.post(api("/auth/switch"), () => {
        over = true;
        return HttpResponse.json(signIn);
      }),
      http.get(api("/campaigns/:id"), ({ request }) => {
        if (over) late.push(request.url);
        return HttpResponse.json(campaign(3));
      }),
    );
    const { user, router } = open(`/campaigns/${campaign(3).id}`);
    expect(await screen.findByRole("heading", { name: String(campaign(3).title) })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Organisation: Harbour Collective" }));
    await user.click(await screen.findByRole("menuitem", { name: "Northern Roasters" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
    await screen.findByRole("grid");
    expect(late).toEqual([]);
  });

  it("an unknown address says so", async () => {
    const { user, router } = open("/no/such/page");
    const main = await screen.findByRole("main");
    expect(within(main).getByRole("heading", { name: "There is no such page" })).toBeVisible();
    await user.click(within(main).getByRole("link", { name: "To the first page" }));
    await waitFor(() => expect(router.state.location.pathname).not.toBe("/no/such/page"));
  });

  it("an unknown address below a page says so in one place", async () => {
    signedInBefore();
    open("/settings/nothing");
    expect(await screen.findByRole("heading", { name: "There is no such page" })).toBeVisible();
    expect(screen.getAllByRole("main")).toHaveLength(1);
  });
});
