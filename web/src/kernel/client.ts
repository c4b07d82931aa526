import type { SignIn } from "./api-types";
import { askToConfirm } from "./confirmation";
import { readSignal, untilDecided } from "./ending";
import { noAnswer, readProblem } from "./problem";
import { accessToken, isBorrowed, issuedAfter, keepToken, loseToken, nearlyOver } from "./token";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Query = Record<string, string | number | boolean | null | undefined>;

export interface CallOptions {
  body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  file?: Blob;
  query?: Query;
  signal?: AbortSignal | undefined;
  idempotencyKey?: string;
  /** The version last seen: a newer one on the server answers 412. */
  version?: number;
  /** The entity tag last seen: an unchanged answer is 304 without a body. */
  unlessTag?: string;
  accept?: string;
  lastEventId?: string;
}

/** An answer with the tag by which the next request can ask whether it changed. */
export interface Tagged<Answer> {
  tag: string | null;
  answer: Answer;
}

const root = "/api/v1";
let renewal: Promise<boolean> | null = null;
let leaving = false;

window.addEventListener("pagehide", () => (leaving = true), { capture: true });
window.addEventListener("pageshow", () => (leaving = false), { capture: true });

function address(path: string, query: Query | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return `${root}${path}${text === "" ? "" : `?${text}`}`;
}

async function send(method: Method, path: string, options: CallOptions): Promise<Response> {
  const headers = new Headers({ Accept: options.accept ?? "application/json" });
  const token = accessToken();
  if (token !== null) headers.set("Authorization", `Bearer ${token}`);
  if (method !== "GET") headers.set("X-Metatron-CSRF", "1");
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  if (options.file !== undefined) headers.set("Content-Type", "application/octet-stream");
  if (options.idempotencyKey !== undefined) headers.set("Idempotency-Key", options.idempotencyKey);
  if (options.lastEventId !== undefined) headers.set("Last-Event-ID", options.lastEventId);
  if (options.version !== undefined) headers.set("If-Match", `"${String(options.version)}"`);
  if (options.unlessTag !== undefined) headers.set("If-None-Match", options.unlessTag);
  // What is sent while the page is left must arrive without it.
  const request: RequestInit = { method, headers, credentials: "same-origin", keepalive: leaving };
  if (options.body !== undefined) request.body = JSON.stringify(options.body);
  if (options.file !== undefined) request.body = options.file;
  if (options.signal !== undefined) request.signal = options.signal;
  try {
    return await fetch(address(path, options.query), request);
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw noAnswer();
  }
}

async function withLock(work: () => Promise<boolean>): Promise<boolean> {
  if (!("locks" in navigator)) return work();
  return navigator.locks.request("metatron.refresh", work);
}

async function askCookie(before: string | null): Promise<boolean> {
  // Another tab may have renewed while this one waited for the lock: its token was broadcast here.
  if (issuedAfter(before)) return true;
  const response = await send("POST", "/auth/refresh", { body: {} });
  if (response.ok) {
    const signIn = (await response.json()) as SignIn;
    if (signIn.mfa_required) return false;
    keepToken(signIn.access_token, signIn.expires_in, "token");
    return true;
  }
  if (response.status >= 500 || response.status === 429) throw await readProblem(response);
  loseToken();
  return false;
}

/** Renews the access token by the refresh cookie; one request at a time, over all tabs. */
export function renew(): Promise<boolean> {
  if (isBorrowed()) return Promise.resolve(false);
  const before = accessToken();
  renewal ??= withLock(() => askCookie(before)).finally(() => {
    renewal = null;
  });
  return renewal;
}

const ofAFactor = new Set(["wrong_code", "wrong_credentials", "passkey_refused", "invalid_mfa_token"]);

/** A wrong code is not a token that is over: sent again it would only count twice. */
async function judgesAFactor(response: Response): Promise<boolean> {
  return ofAFactor.has((await readProblem(response.clone())).code);
}

async function exchange(method: Method, path: string, asked: CallOptions): Promise<Response> {
  if (method === "GET") await untilDecided();
  const options = method === "GET" ? { ...asked, signal: readSignal(asked.signal) } : asked;
  if (!leaving && nearlyOver(Date.now())) await renew();
  const had = accessToken();
  let response = await send(method, path, options);
  if (response.status === 401 && had !== null && !(await judgesAFactor(response)) && (await renew())) {
    response = await send(method, path, options);
  }
  if (response.ok || response.status === 304) return response;
  const problem = await readProblem(response);
  if (problem.code === "fresh_sign_in_needed" && !leaving && (await askToConfirm())) {
    return exchange(method, path, asked);
  }
  throw problem;
}

/** Opens an endless answer; throws Problem when it is refused. */
export async function openStream(
  path: string,
  signal: AbortSignal,
  lastEventId: string | null,
): Promise<ReadableStream<Uint8Array>> {
  const resume = lastEventId === null ? {} : { lastEventId };
  const { body } = await exchange("GET", path, { signal, accept: "text/event-stream", ...resume });
  if (body === null) throw noAnswer();
  return body;
}

/** Fetches a file of the API, which a plain link could not: it would carry no token. */
export async function getFile(path: string, query: Query): Promise<Blob> {
  return (await exchange("GET", path, { query, accept: "*/*" })).blob();
}

/** Sends a request and reads its JSON; throws Problem on any answer that is not a success. */
export async function call<Answer>(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<Answer> {
  const response = await exchange(method, path, options);
  if (response.status === 204 || response.headers.get("content-length") === "0") return undefined as Answer;
  const text = await response.text();
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/** Reads a path that is asked for again and again: unchanged, the last answer is kept as it is. */
export async function getTagged<Answer>(
  path: string,
  last: Tagged<Answer> | undefined,
  options: CallOptions = {},
): Promise<Tagged<Answer>> {
  const unlessTag = last?.tag ?? undefined;
  const response = await exchange("GET", path, unlessTag === undefined ? options : { ...options, unlessTag });
  if (response.status === 304 && last !== undefined) return last;
  return { tag: response.headers.get("etag"), answer: (await response.json()) as Answer };
}

/** Fetches a file that needs the token, and hands it to the browser to keep. */
export async function keepFile(
  path: string,
  name: string,
  options: CallOptions = {},
  method: "GET" | "POST" = "GET",
): Promise<void> {
  const response = await exchange(method, path, options);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

export const get = <Answer>(path: string, options?: CallOptions) => call<Answer>("GET", path, options);
export const post = <Answer>(path: string, body?: unknown, options?: CallOptions) =>
  call<Answer>("POST", path, { ...options, body: body ?? {} });
export const patch = <Answer>(path: string, body: unknown, options?: CallOptions) =>
  call<Answer>("PATCH", path, { ...options, body });
export const put = <Answer>(path: string, body?: unknown, options?: CallOptions) =>
  call<Answer>("PUT", path, { ...options, body: body ?? {} });
export const remove = (path: string, options?: CallOptions) => call<undefined>("DELETE", path, options);
/** Sends a file as the raw body of a request. */
export const postFile = <Answer>(path: string, file: Blob, query: Query) =>
  call<Answer>("POST", path, { file, query });
