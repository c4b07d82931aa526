import { openStream } from "./client";
import { asProblem } from "./problem";
import { useSession } from "./session";
import { readEvents } from "./sse";

/** What changed: never what it says, which is read anew. */
export interface Change {
  id: string;
  name: string;
  aggregate_id: string;
}

/** Called for each change; with null when some may have been missed and everything is to be read anew. */
export type Listener = (change: Change | null) => void;

const silenceMs = 40_000;
const pollMs = 10_000;
const longestWaitMs = 60_000;

const listeners = new Set<Listener>();
let running: AbortController | null = null;
let lastId: string | null = null;

const tellAll = (change: Change | null) => listeners.forEach((listener) => listener(change));

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      done();
    });
  });
}

/** Holds one stream until it ends; whoever falls silent for longer than two heartbeats is gone. */
async function listen(signal: AbortSignal, onOpen: () => void): Promise<void> {
  const inner = new AbortController();
  const stop = () => inner.abort();
  signal.addEventListener("abort", stop);
  let watchdog = setTimeout(stop, silenceMs);
  const heard = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(stop, silenceMs);
  };
  try {
    const body = await openStream("/events/stream", inner.signal, lastId);
    onOpen();
    for await (const event of readEvents(body, heard)) {
      if (event.name === "missed") tellAll(null);
      if (event.name !== "changed") continue;
      const change = JSON.parse(event.data) as Change;
      lastId = event.id ?? lastId;
      tellAll(change);
    }
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
  }
}

/** Streams while somebody looks; asks every 10 s while there is no stream; gives up where one may not. */
async function run(signal: AbortSignal): Promise<void> {
  let wait = 1000;
  const polling = { timer: undefined as ReturnType<typeof setInterval> | undefined };
  const startPolling = () => (polling.timer ??= setInterval(() => tellAll(null), pollMs));
  const stopPolling = () => {
    clearInterval(polling.timer);
    polling.timer = undefined;
  };
  signal.addEventListener("abort", stopPolling);
  const over = () => signal.aborted;
  while (!over()) {
    try {
      await listen(signal, () => {
        stopPolling();
        wait = 1000;
      });
    } catch (error) {
      // Nobody would end a polling that began now.
      if (over()) return;
      const { status } = asProblem(error);
      if (status === 401 || status === 403) return;
      startPolling();
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, longestWaitMs);
  }
}

function start(): void {
  if (running !== null || listeners.size === 0 || document.visibilityState === "hidden") return;
  // This module may arrive only after the session has ended: without one the server would refuse.
  if (useSession.getState().status !== "in") return;
  const mine = new AbortController();
  running = mine;
  void run(mine.signal).catch(() => undefined);
}

function stop(): void {
  running?.abort();
  running = null;
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") stop();
  else if (listeners.size > 0) {
    // Whoever comes back reads what changed meanwhile.
    tellAll(null);
    start();
  }
});

let turn = useSession.getState().turn;
useSession.subscribe((state) => {
  if (state.turn === turn && state.status !== "out") return;
  turn = state.turn;
  lastId = null;
  stop();
  if (state.status === "in") start();
});

/** Listens until the returned function is called; all listeners of a tab share one stream. */
export function onChange(listener: Listener): () => void {
  listeners.add(listener);
  start();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    // Whoever listens next has just read everything: there is nothing to catch up with.
    lastId = null;
    stop();
  };
}
