import "@testing-library/jest-dom/vitest";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, vi } from "vitest";

import "@/kernel/texts";
import { queryClient } from "@/kernel/query";
import { useSession } from "@/kernel/session";
import { dropToken } from "@/kernel/token";
import { useUi } from "@/shell/ui-state";

import { server } from "./server";

// A busy machine draws late: waiting ends by what is awaited, not by one second.
configure({ asyncUtilTimeout: 20_000 });

// What a browser has and jsdom has not.
window.matchMedia = (query: string) =>
  Object.assign(new EventTarget(), {
    matches: false,
    media: query,
    onchange: null,
    addListener: () => undefined,
    removeListener: () => undefined,
  });
window.scrollTo = () => undefined;
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.getAnimations = () => [];
globalThis.ResizeObserver = class {
  observe = () => undefined;
  unobserve = () => undefined;
  disconnect = () => undefined;
};

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  queryClient.clear();
  dropToken(false);
  localStorage.clear();
  useSession.setState({ status: "unknown", mfaToken: null });
  useUi.setState({ palette: false, help: false, drawer: false });
  vi.useRealTimers();
});
afterAll(() => server.close());
