import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { measuredShare, startVitals } from "@/kernel/web-vitals";

type Note = (metric: { name: string; value: number }) => void;
const notes: Note[] = [];
vi.mock("web-vitals", () => {
  const measure = (note: Note) => notes.push(note);
  return { onCLS: measure, onINP: measure, onLCP: measure, onTTFB: measure };
});

const sendBeacon = vi.fn<(address: string, body: Blob) => boolean>(() => true);
let hidden: "hidden" | "visible" = "visible";
let told: (() => void)[] = [];
const listening: [string, EventListener][] = [];

beforeEach(() => {
  sendBeacon.mockClear();
  notes.length = 0;
  told = [];
  hidden = "visible";
  Object.defineProperty(navigator, "sendBeacon", { value: sendBeacon, configurable: true });
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => hidden);
  const add = document.addEventListener.bind(document);
  vi.spyOn(document, "addEventListener").mockImplementation((name: string, listener: EventListenerOrEventListenerObject) => {
    listening.push([name, listener as EventListener]);
    add(name, listener);
  });
});
afterEach(() => {
  for (const [name, listener] of listening.splice(0)) document.removeEventListener(name, listener);
  Reflect.deleteProperty(navigator, "globalPrivacyControl");
});

/** A router of which only the page that is shown matters. */
function at(template: string) {
  const state = { matches: [{ fullPath: "/" }, { fullPath: template }] };
  const go = (next: string) => {
    state.matches = [{ fullPath: "/" }, { fullPath: next }];
    for (const each of told) each();
  };
  const subscribe = (_: "onResolved", each: () => void) => {
    told.push(each);
    each();
  };
  return { state, go, subscribe };
}

function leave() {
  hidden = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
}

async function bodies(): Promise<unknown[]> {
  return Promise.all(sendBeacon.mock.calls.map(async ([, body]) => JSON.parse(await body.text()) as unknown));
}

describe("web vitals", () => {
  it("are told once when the page is left, by the template the visit began on and without anything else", async () => {
    const router = at("/amc/runs/$runId");
    await startVitals(router, 0);
    for (const note of notes) note({ name: "LCP", value: 1200 });
    router.go("/amc");
    notes[0]?.({ name: "CLS", value: 0.01 });
    document.dispatchEvent(new Event("visibilitychange"));
    expect(sendBeacon).not.toHaveBeenCalled();
    leave();
    leave();
    expect(sendBeacon).toHaveBeenCalledOnce();
    expect(sendBeacon.mock.calls[0]?.[0]).toBe("/api/v1/web-vitals");
    expect(sendBeacon.mock.calls[0]?.[1].type).toBe("application/json");
    const body = {
      route: "/amc/runs/$runId",
      readings: [
        { metric: "LCP", value: 1200 },
        { metric: "CLS", value: 0.01 },
      ],
    };
    expect(await bodies()).toEqual([body]);
  });

  it("a figure that comes later follows, none is told twice", async () => {
    await startVitals(at("/"), 0);
    notes[0]?.({ name: "LCP", value: 1 });
    leave();
    notes[0]?.({ name: "LCP", value: 2 });
    notes[0]?.({ name: "INP", value: 3 });
    leave();
    expect((await bodies())[1]).toEqual({ route: "/", readings: [{ metric: "INP", value: 3 }] });
  });

  it.each(["/o/$orgSlug/campaigns/$slug", "/s/amc/$token", "/commitments", "/supplier"])("are not told of a visit that comes to %s", async (template) => {
    const router = at("/campaigns");
    await startVitals(router, 0);
    notes[0]?.({ name: "LCP", value: 1 });
    router.go(template);
    router.go("/campaigns");
    leave();
    expect(sendBeacon).not.toHaveBeenCalled();
  });

  it("are measured on a share of the visits, and never where the browser asks for privacy", async () => {
    await startVitals(at("/"), measuredShare);
    Object.defineProperty(navigator, "globalPrivacyControl", { value: true, configurable: true });
    await startVitals(at("/"), 0);
    expect(notes).toEqual([]);
  });
});
