import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { me } from "./fixtures/people";
import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const waiting = { id: "0198c1d0-0000-7000-8000-00000000aaaa", organisation_name: "Oak & Linen", expires_at: "2026-11-29T12:00:00Z" };
const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll("=", "");
const signIn = {
  access_token: `${encode({ alg: "RS256" })}.${encode({ sub: "ada", tid: "oak" })}.x`,
  token_type: "Bearer", expires_in: 900, return_to: null, mfa_required: false,
};

function invited(accept: (body: unknown) => Response): unknown[] {
  signedInBefore();
  const asked: unknown[] = [];
  server.use(
    http.get(api("/invitations/waiting"), () => HttpResponse.json({ items: [waiting] })),
    http.post(api("/invitations/accept"), async ({ request }) => {
      const body = await request.json();
      asked.push(body);
      return accept(body);
    }),
  );
  return asked;
}

describe("an invitation to one's own address", () => {
  const nowhere = { ...me, tenant: null, memberships: [], permissions: [], is_operator: false };

  it("is joined from the first page of somebody without an organisation", async () => {
    const asked = invited(() => HttpResponse.json(signIn));
    server.use(http.get(api("/auth/me"), () => HttpResponse.json(nowhere)));
    const { user } = open("/");
    expect(await screen.findByRole("heading", { name: "You are invited" })).toBeVisible();
    expect(screen.queryByText("You belong to no organisation yet")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Join Oak & Linen" }));
    await waitFor(() => expect(asked).toEqual([{ invitation_id: waiting.id }]));
  });

  it("is joined where its link was lost on the way to the sign-in", async () => {
    const asked = invited(() => HttpResponse.json(signIn));
    const { user, router } = open("/invitations/accept");
    await user.click(await screen.findByRole("button", { name: "Join Oak & Linen" }));
    await waitFor(() => expect(asked).toEqual([{ invitation_id: waiting.id }]));
    await waitFor(() => expect(router.state.location.pathname).not.toContain("invitations"));
  });

  it("says why somebody has not joined", async () => {
    invited(() => refusal(403, "limit_reached", "The plan allows no more people"));
    const { user } = open("/invitations/accept");
    await user.click(await screen.findByRole("button", { name: "Join Oak & Linen" }));
    expect(await screen.findByText("You have not joined Oak & Linen")).toBeVisible();
  });

  it("is taken from a link opened where its page stands already", async () => {
    const asked = invited(() => HttpResponse.json(signIn));
    server.use(http.get(api("/invitations/waiting"), () => HttpResponse.json({ items: [] })));
    open("/invitations/accept");
    expect(await screen.findByRole("heading", { name: "This link does not work" })).toBeVisible();
    window.location.hash = "token=inv-2";
    await waitFor(() => expect(asked).toEqual([{ token: "inv-2" }]));
    expect(window.location.hash).toBe("");
  });
});
