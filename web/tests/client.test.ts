import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { get, post, renew } from "@/kernel/client";
import { Problem } from "@/kernel/problem";
import { accessToken, keepToken } from "@/kernel/token";

import { signIn } from "./fixtures/answers";
import { api, refusal, server } from "./server";

let renewals = 0;

beforeEach(() => {
  renewals = 0;
  server.use(
    http.post(api("/auth/refresh"), ({ request }) => {
      renewals += 1;
      expect(request.headers.get("x-metatron-csrf")).toBe("1");
      return HttpResponse.json({ ...signIn, access_token: `fresh-${String(renewals)}` });
    }),
  );
});

function onlyFresh() {
  server.use(
    http.get(api("/campaigns"), ({ request }) =>
      request.headers.get("authorization")?.startsWith("Bearer fresh") === true
        ? HttpResponse.json({ items: [], next_cursor: null })
        : refusal(401, "token_expired", "Sign in again"),
    ),
  );
}

describe("client", () => {
  it("renews once for many refused requests and sends each again", async () => {
    onlyFresh();
    keepToken("stale", 900, "token");
    await Promise.all(Array.from({ length: 8 }, () => get("/campaigns")));
    expect(renewals).toBe(1);
    expect(accessToken()).toBe("fresh-1");
  });

  it("tries a refused request one more time only", async () => {
    let asked = 0;
    server.use(
      http.get(api("/campaigns"), () => {
        asked += 1;
        return refusal(401, "token_expired", "Sign in again");
      }),
    );
    keepToken("stale", 900, "token");
    await expect(get("/campaigns")).rejects.toMatchObject({ status: 401, code: "token_expired" });
    expect(asked).toBe(2);
  });

  it("renews before a token that is nearly over", async () => {
    onlyFresh();
    keepToken("nearly", 10, "token");
    await get("/campaigns");
    expect(renewals).toBe(1);
  });

  it("forgets the token when the cookie no longer works", async () => {
    server.use(http.post(api("/auth/refresh"), () => refusal(401, "session_ended", "Sign in again")));
    keepToken("stale", 900, "token");
    await expect(renew()).resolves.toBe(false);
    expect(accessToken()).toBeNull();
  });

  it("keeps the session when the server is merely busy", async () => {
    server.use(http.post(api("/auth/refresh"), () => refusal(503, "busy", "Come back later")));
    keepToken("still-good", 900, "token");
    await expect(renew()).rejects.toMatchObject({ status: 503 });
    expect(accessToken()).toBe("still-good");
  });

  it("never renews a borrowed token by the operator's own cookie", async () => {
    keepToken("borrowed", 900, "changed", true);
    await expect(renew()).resolves.toBe(false);
    expect(renewals).toBe(0);
  });

  it("makes a Problem of problem documents, of strange bodies and of silence", async () => {
    server.use(
      http.post(api("/a"), () => refusal(409, "wrong_state", "Not now", { errors: [{ field: "name", code: "x", hint: "y" }] })),
      http.post(api("/b"), () => new HttpResponse("<html>", { status: 502, headers: { "Content-Type": "text/html" } })),
      http.post(api("/c"), () => HttpResponse.error()),
    );
    await expect(post("/a")).rejects.toMatchObject({ code: "wrong_state", requestId: "req-0f3a", errors: [{ field: "name" }] });
    await expect(post("/b")).rejects.toMatchObject({ status: 502, code: "unreadable" });
    await expect(post("/c")).rejects.toMatchObject({ status: 0, code: "network" });
    await expect(post("/c")).rejects.toBeInstanceOf(Problem);
  });

  it("sends the idempotency key and the version", async () => {
    server.use(
      http.post(api("/a"), ({ request }) => {
        expect(request.headers.get("idempotency-key")).toBe("k1");
        expect(request.headers.get("if-match")).toBe('"7"');
        return new HttpResponse(null, { status: 204 });
      }),
    );
    await expect(post("/a", {}, { idempotencyKey: "k1", version: 7 })).resolves.toBeUndefined();
  });
});
