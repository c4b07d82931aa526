import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
const token = (sub: string, tid: string) => `${encode({ alg: "RS256" })}.${encode({ sub, tid })}.x`;

/** Speaks on the channel as another tab of the same browser does. */
function otherTab(word: object): void {
  const channel = new BroadcastChannel("metatron.session");
  channel.postMessage(word);
  channel.close();
}

function signedInWith(value: string): void {
  server.use(
    http.post(api("/auth/refresh"), () =>
      HttpResponse.json({ access_token: value, token_type: "Bearer", expires_in: 900, return_to: null, mfa_required: false }),
    ),
  );
}

describe("another tab", () => {
  it("goes over to another organisation: this one follows, begins anew and says so", async () => {
    signedInWith(token("ada", "harbour"));
    const { router } = open("/settings/members");
    await screen.findByText("Tomás Iglesias");
    const place = { ...me, tenant: { ...me.tenant, id: "t2", name: "Northern Roasters" } };
    server.use(http.get(api("/auth/me"), () => HttpResponse.json(place)));
    otherTab({ kind: "changed", token: { value: token("ada", "northern"), expiresAt: Date.now() + 900_000, borrowed: false } });
    expect(await screen.findByText("You are now in Northern Roasters")).toBeVisible();
    await waitFor(() => expect(router.state.location.pathname).not.toBe("/settings/members"));
    expect(await screen.findByRole("button", { name: "Organisation: Northern Roasters" })).toBeVisible();
  });

  it("signs in as the same person in the same place: nothing here is lost", async () => {
    signedInWith(token("ada", "harbour"));
    const { user, router } = open("/campaigns/new");
    await user.type(await screen.findByLabelText("Title"), "Half a thought");
    otherTab({ kind: "changed", token: { value: `${token("ada", "harbour")}2`, expiresAt: Date.now() + 900_000, borrowed: false } });
    await new Promise((done) => setTimeout(done, 200));
    expect(screen.getByLabelText("Title")).toHaveValue("Half a thought");
    expect(router.state.location.pathname).toBe("/campaigns/new");
  });

  it("signs out: this one asks for a sign-in", async () => {
    signedInWith(token("ada", "harbour"));
    const { router } = open("/settings/members");
    await screen.findByText("Tomás Iglesias");
    otherTab({ kind: "out" });
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
  });
});

describe("leaving the page", () => {
  it("sends a deletion that waits for its undo, to arrive without the page", async () => {
    const sent: RequestInit[] = [];
    const original = globalThis.fetch;
    globalThis.fetch = (input, init) => {
      if (init?.method === "DELETE") sent.push(init);
      return original(input, init);
    };
    server.use(http.delete(api("/members/*"), () => new HttpResponse(null, { status: 204 })));
    try {
      const { user } = open("/settings/members");
      await user.click(await screen.findByText("Tomás Iglesias"));
      await user.click(screen.getByRole("button", { name: "Remove" }));
      expect(sent).toHaveLength(0);
      window.dispatchEvent(new Event("pagehide"));
      // Asked for in the same turn: a page that is gone waits for nothing.
      expect(sent).toHaveLength(1);
      expect(sent[0]?.keepalive).toBe(true);
    } finally {
      window.dispatchEvent(new Event("pageshow"));
      globalThis.fetch = original;
    }
  });
});

describe("an empty list", () => {
  it.each(["/campaigns", "/api-keys"])("%s offers its first step once", async (path) => {
    server.use(http.get(api(path), () => HttpResponse.json({ items: [], next_cursor: null })));
    open(path === "/campaigns" ? path : "/settings/api-keys");
    await screen.findByRole("heading", { name: /No (campaign|key) yet/ });
    const name = path === "/campaigns" ? /New campaign/ : /New key/;
    const steps = [...screen.queryAllByRole("link", { name }), ...screen.queryAllByRole("button", { name })];
    expect(steps).toHaveLength(1);
  });
});

describe("an invitation opened while signed out", () => {
  it("is not spent before there is somebody to spend it for", async () => {
    let spent = 0;
    let signedIn = false;
    server.use(
      http.post(api("/auth/refresh"), () => refusal(401, "no_session", "Sign in")),
      http.post(api("/invitations/accept"), () => {
        spent += 1;
        return signedIn
          ? HttpResponse.json({ access_token: token("ada", "new"), token_type: "Bearer", expires_in: 900, return_to: null, mfa_required: false })
          : refusal(401, "unauthenticated", "Sign in first");
      }),
      http.post(api("/auth/login"), () => {
        signedIn = true;
        return HttpResponse.json({ access_token: token("ada", "harbour"), token_type: "Bearer", expires_in: 900, return_to: null, mfa_required: false });
      }),
    );
    window.history.replaceState(null, "", "/invitations/accept#token=inv-1");
    const { user, router } = open("/invitations/accept");
    expect(await screen.findByRole("heading", { name: "You are invited" })).toBeVisible();
    expect(spent).toBe(0);
    await user.click(screen.getByRole("link", { name: "Sign in" }));
    await user.type(await screen.findByLabelText("E-mail"), "ada@harbour.example");
    await user.click(screen.getByRole("button", { name: "Use a password instead" }));
    await user.type(screen.getByLabelText("Password"), "seven small herons");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(spent).toBe(1));
    await waitFor(() => expect(router.state.location.pathname).not.toContain("invitations"));
  });
});
