import { screen, waitFor, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { Client } from "@/apps/amc/types";

import { client, run, workflow } from "./fixtures/amc";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, server } from "./server";

const atAmazon: Client = { ...client, connection: { ...client.connection, is_twin: false } };
let sent: unknown[] = [];

function told(about: Client) {
  server.use(http.get(api(`/amc/instances/${client.id}`), () => HttpResponse.json(about)));
}

beforeEach(() => {
  sessionStorage.clear();
  sent = [];
  server.use(
    http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:run", "amc:manage"] })),
    http.post(api("/amc/check"), () => HttpResponse.json({ ok: true, findings: [], columns: [] })),
    http.post(api("/amc/windows/preview"), () => HttpResponse.json({ start: "2026-10-23T00:00:00", end: "2026-11-22T00:00:00", data_ready: true, hint: "", next: [] })),
    http.post(api("/amc/instances/:id/fill"), () => HttpResponse.json({ values: {}, sources: {} })),
    http.post(api("/amc/runs"), async ({ request }) => {
      sent.push(await request.json());
      return HttpResponse.json({ ...run, require_synthetic_data: true, disable_aggregation_controls: true }, { status: 202 });
    }),
  );
});

describe("a run over made-up data", () => {
  async function review() {
    const { user } = open(`/amc/clients/${client.id}/run`);
    await user.click(await screen.findByRole("button", { name: new RegExp(workflow.name) }));
    await user.click(await screen.findByRole("button", { name: "Go on" }));
    await screen.findByRole("button", { name: "Run it" });
    return user;
  }
  const send = async (user: Awaited<ReturnType<typeof review>>) => {
    await user.click(screen.getByRole("button", { name: "Run it" }));
    await waitFor(() => expect(sent).toHaveLength(1));
    return sent[0];
  };

  it("is offered at the local AMC, and lets single events out only then", async () => {
    const user = await review();
    expect(screen.queryByRole("checkbox", { name: /Without aggregation controls/ })).toBeNull();
    await user.click(screen.getByRole("checkbox", { name: /Ask for made-up data/ }));
    await user.click(screen.getByRole("checkbox", { name: /Without aggregation controls/ }));
    expect(await send(user)).toMatchObject({ require_synthetic_data: true, disable_aggregation_controls: true });
  });

  it("is not offered at a client whose data are of people", async () => {
    told(atAmazon);
    const user = await review();
    expect(screen.queryByRole("checkbox", { name: /made-up|aggregation/ })).toBeNull();
    expect(await send(user)).toMatchObject({ require_synthetic_data: false, disable_aggregation_controls: false });
  });

  it("is what every run of an AMC sandbox is", async () => {
    told({ ...atAmazon, is_sandbox: true });
    const user = await review();
    expect(screen.getByText(/is an AMC sandbox/)).toBeVisible();
    expect(await send(user)).toMatchObject({ require_synthetic_data: true, disable_aggregation_controls: false });
  });

  it("says so on its page", async () => {
    server.use(http.get(api(`/amc/runs/${run.id}`), () => HttpResponse.json({ ...run, require_synthetic_data: true, disable_aggregation_controls: true })));
    open(`/amc/runs/${run.id}?tab=query`);
    expect(await screen.findByText("Made-up data")).toBeVisible();
    expect(await screen.findByText("made up by Amazon")).toBeVisible();
    expect(screen.getByText("stay: aggregation controls are off")).toBeVisible();
  });
});

describe("a client of Amazon's", () => {
  it("is said to be an AMC sandbox where it is set up", async () => {
    told(atAmazon);
    server.use(
      http.patch(api(`/amc/instances/${client.id}`), async ({ request }) => {
        sent.push(await request.json());
        return HttpResponse.json({ ...atAmazon, is_sandbox: true });
      }),
    );
    const { user } = open(`/amc/clients/${client.id}`);
    await user.click(await screen.findByRole("button", { name: "Set up" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.click(dialog.getByRole("checkbox", { name: /This is an AMC sandbox/ }));
    await user.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(sent).toEqual([expect.objectContaining({ is_sandbox: true })]));
  });
});
