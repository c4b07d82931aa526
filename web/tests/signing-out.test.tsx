import { fireEvent, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { get, openStream } from "@/kernel/client";
import { signOut } from "@/kernel/session";
import { accessToken, keepToken } from "@/kernel/token";

import { campaign } from "./fixtures/campaigns";
import { roles } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const asked: string[] = [];

/** A sign-out that the test answers; from its coming on the server takes the token no more. */
function loggingOut() {
  const { promise, resolve } = Promise.withResolvers<Response>();
  server.use(
    http.post(api("/auth/logout"), () => {
      asked.push("logout");
      return promise;
    }),
    http.post(api("/auth/refresh"), () => {
      asked.push("refresh");
      return refusal(401, "no_session", "Sign in");
    }),
  );
  return resolve;
}

/** A path whose first answer never comes; later ones do. */
function stuck(path: string, answer: object): void {
  let first = true;
  server.use(
    http.get(api(path), ({ request }) => {
      asked.push(`${path} ${request.headers.get("authorization") ?? "without a token"}`);
      if (!first) return HttpResponse.json(answer);
      first = false;
      return new Promise<Response>(() => undefined);
    }),
  );
}

beforeEach(() => {
  asked.length = 0;
});

describe("signing out while the page reads", () => {
  it("gives up what is under way, the stream too, and sends nothing held back once it is out", async () => {
    stuck("/slow", {});
    stuck("/late", {});
    const body = new ReadableStream({ start: (given) => given.enqueue(new TextEncoder().encode("retry: 3000\n\n")) });
    server.use(http.get(api("/events/stream"), () => new HttpResponse(body, { headers: { "Content-Type": "text/event-stream" } })));
    const answer = loggingOut();
    keepToken("good", 900, "token");
    const fetched = vi.spyOn(globalThis, "fetch");
    await openStream("/events/stream", new AbortController().signal, null);
    const stream = fetched.mock.calls[0]?.[1]?.signal;
    expect(stream?.aborted).toBe(false);
    const reading = get("/slow", { signal: new AbortController().signal });
    await waitFor(() => expect(asked).toEqual(["/slow Bearer good"]));
    const out = signOut();
    expect(signOut()).toBe(out);
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(stream?.aborted).toBe(true);
    const held = get("/late");
    const kept = expect(held).rejects.toMatchObject({ name: "AbortError" });
    answer(new HttpResponse(null, { status: 204 }));
    await out;
    await kept;
    expect(accessToken()).toBeNull();
    expect(asked).toEqual(["/slow Bearer good", "logout"]);
  });

  it("lets what was held back go on when it could not be ended", async () => {
    stuck("/slow", { from: "slow" });
    const answer = loggingOut();
    keepToken("good", 900, "token");
    const reading = get("/slow");
    await waitFor(() => expect(asked).toHaveLength(1));
    const out = signOut();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    const held = get("/slow");
    await waitFor(() => expect(asked).toHaveLength(2));
    answer(refusal(503, "busy", "Come back later"));
    await expect(out).rejects.toMatchObject({ code: "busy" });
    await expect(held).resolves.toEqual({ from: "slow" });
    expect(asked).toEqual(["/slow Bearer good", "logout", "/slow Bearer good"]);
  });

  it("reads the page anew when it could not be ended, and shows no fault meanwhile", async () => {
    stuck("/roles", { items: roles, next_cursor: null });
    open("/settings/roles");
    await waitFor(() => expect(asked).toHaveLength(1));
    const answer = loggingOut();
    const out = signOut();
    await waitFor(() => expect(asked).toContain("logout"));
    expect(screen.queryByRole("alert")).toBeNull();
    answer(refusal(503, "busy", "Come back later"));
    await expect(out).rejects.toMatchObject({ code: "busy" });
    expect(await screen.findByText("Runs campaigns, sees their books")).toBeVisible();
    expect(asked).not.toContain("refresh");
  });

  it("asks for nothing of the page that is left", async () => {
    stuck("/roles", { items: roles, next_cursor: null });
    const { router } = open("/settings/roles");
    await waitFor(() => expect(asked).toHaveLength(1));
    const answer = loggingOut();
    const out = signOut();
    const later: string[] = [];
    server.events.on("request:start", ({ request }) => {
      if (request.method === "GET") later.push(request.url);
    });
    answer(new HttpResponse(null, { status: 204 }));
    await out;
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
    expect(await screen.findByLabelText("E-mail")).toBeVisible();
    expect(later).toEqual([]);
    expect(asked.slice(1)).toEqual(["logout"]);
    server.events.removeAllListeners();
  });

  it("reads no row ahead of time that the mouse comes to rest on", async () => {
    stuck("/campaigns/:id", {});
    server.use(http.get(api("/campaigns"), () => HttpResponse.json({ items: [campaign(0)], next_cursor: null })));
    open("/campaigns");
    const row = (await screen.findByText("Stoneware mugs, second firing")).closest("[role=row]") ?? document.body;
    const answer = loggingOut();
    const out = signOut();
    answer(new HttpResponse(null, { status: 204 }));
    await out;
    // Still drawn, for the page to sign in on is on its way.
    expect(row).toBeInTheDocument();
    fireEvent.pointerEnter(row);
    expect(await screen.findByLabelText("E-mail")).toBeVisible();
    expect(asked).toEqual(["logout"]);
  });
});
