import { act, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";

import { onChange } from "@/kernel/live-stream";
import { useSession } from "@/kernel/session";

import { campaign } from "./fixtures/campaigns";
import { open } from "./open";
import { api, refusal, server } from "./server";

const shown = campaign(2);
const address = `/campaigns/${shown.id}`;

/** A stream that the test writes to; each opening is noted with where it wanted to go on. */
function stream() {
  const opened: (string | null)[] = [];
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  server.use(
    http.get(api("/events/stream"), ({ request }) => {
      opened.push(request.headers.get("last-event-id"));
      const body = new ReadableStream<Uint8Array>({
        start: (given) => {
          controller = given;
          given.enqueue(new TextEncoder().encode("retry: 3000\n\n"));
        },
      });
      return new HttpResponse(body, { headers: { "Content-Type": "text/event-stream" } });
    }),
  );
  const send = (text: string) => controller?.enqueue(new TextEncoder().encode(text));
  const change = (id: string, aggregate: string, name = "campaigns.campaign_moved.v1") =>
    send(`id: ${id}\nevent: changed\ndata: ${JSON.stringify({ id, name, aggregate_id: aggregate })}\n\n`);
  return { opened, send, change, end: () => controller?.close() };
}

function answering() {
  let state = "awaiting_supplier";
  let asked = 0;
  server.use(
    http.get(api(address), () => {
      asked += 1;
      return HttpResponse.json({ ...shown, state });
    }),
  );
  return { become: (next: string) => (state = next), asked: () => asked };
}

describe("live updates", () => {
  it("a record is read anew when the server tells that it changed, in pieces or whole", async () => {
    const { opened, send, change } = stream();
    const record = answering();
    open(address);
    expect(await screen.findByText("Awaiting supplier")).toBeVisible();
    await waitFor(() => expect(opened).toHaveLength(1));
    record.become("confirmed");
    send(": still here\n\nid: 1\nevent: chan");
    send(`ged\ndata: ${JSON.stringify({ id: "1", name: "campaigns.campaign_moved.v1", aggregate_id: shown.id })}\n\n`);
    expect(await screen.findByText("Confirmed")).toBeVisible();
    record.become("procuring");
    change("2", "another record");
    change("3", "a commitment", "campaigns.commitment_moved.v1");
    expect(await screen.findByText("Procuring")).toBeVisible();
  });

  it("what concerns another record is not read anew", async () => {
    const { opened, change } = stream();
    const record = answering();
    open(address);
    await screen.findByText("Awaiting supplier");
    await waitFor(() => expect(opened).toHaveLength(1));
    const before = record.asked();
    change("1", "another record");
    change("2", shown.id, "tenancy.member_added.v1");
    await new Promise((done) => setTimeout(done, 600));
    expect(record.asked()).toBe(before);
  });

  it("a stream that ends is opened again where it stopped; a missed part reads everything", async () => {
    const { opened, send, change, end } = stream();
    const record = answering();
    open(address);
    await screen.findByText("Awaiting supplier");
    await waitFor(() => expect(opened).toEqual([null]));
    change("e-7", "another record");
    await new Promise((done) => setTimeout(done, 50));
    end();
    await waitFor(() => expect(opened).toEqual([null, "e-7"]), { timeout: 5000 });
    record.become("failed");
    send("event: missed\ndata: {}\n\n");
    expect(await screen.findByText("Ended, refunded")).toBeVisible();
  });

  it("asks every ten seconds while there is no stream", async () => {
    server.use(http.get(api("/events/stream"), () => refusal(503, "busy", "Busy")));
    const record = answering();
    vi.useFakeTimers({ shouldAdvanceTime: true });
    open(address);
    await screen.findByText("Awaiting supplier");
    record.become("confirmed");
    await act(() => vi.advanceTimersByTimeAsync(12_000));
    expect(await screen.findByText("Confirmed")).toBeVisible();
  });

  it("asks for nothing while nobody looks", async () => {
    const { opened } = stream();
    const record = answering();
    vi.useFakeTimers({ shouldAdvanceTime: true });
    open(address);
    await screen.findByText("Awaiting supplier");
    await waitFor(() => expect(opened).toHaveLength(1));
    const before = record.asked();
    const shownNow = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    await act(() => vi.advanceTimersByTimeAsync(45_000));
    expect(record.asked()).toBe(before);
    shownNow.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    await waitFor(() => expect(record.asked()).toBeGreaterThan(before));
  });

  it("who listens only after the session has ended asks for nothing", async () => {
    const { opened } = stream();
    useSession.setState({ status: "out" });
    const end = onChange(() => undefined);
    await new Promise((done) => setTimeout(done, 50));
    expect(opened).toEqual([]);
    useSession.setState(({ turn }) => ({ status: "in", turn: turn + 1 }));
    await waitFor(() => expect(opened).toEqual([null]));
    end();
  });

  it("who may not be told is not asked for again", async () => {
    let tries = 0;
    server.use(
      http.get(api("/events/stream"), () => {
        tries += 1;
        return refusal(403, "permission_denied", "No");
      }),
    );
    const record = answering();
    vi.useFakeTimers({ shouldAdvanceTime: true });
    open(address);
    await screen.findByText("Awaiting supplier");
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(tries).toBe(1);
    expect(record.asked()).toBeLessThan(3);
  });
});
