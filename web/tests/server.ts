import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";

import { read, signIn } from "./fixtures/answers";

export const api = (path: string) => `http://localhost/api/v1${path}`;

/** A refusal as the server words it. */
export function refusal(status: number, code: string, title: string, more: Record<string, unknown> = {}) {
  return HttpResponse.json(
    { type: "about:blank", title, status, code, request_id: "req-0f3a", ...more },
    { status, headers: { "Content-Type": "application/problem+json" } },
  );
}

export const server = setupServer(
  http.post(api("/auth/refresh"), () => HttpResponse.json(signIn)),
  http.get(api("/*"), ({ request }) => {
    const answer = read(new URL(request.url).pathname.replace("/api/v1", ""));
    return answer === undefined ? refusal(404, "not_found", "There is no such thing") : HttpResponse.json(answer as object);
  }),
);
