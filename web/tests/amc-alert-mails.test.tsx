import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { run } from "./fixtures/amc";
import { alert } from "./fixtures/amc-recurring";
import { me } from "./fixtures/people";
import { open } from "./open";
import { api, refusal, server } from "./server";

const eve = "eve@example.com";

beforeEach(() => {
  sessionStorage.clear();
  server.use(http.get(api("/auth/me"), () => HttpResponse.json({ ...me, permissions: ["amc:read", "amc:edit"] })));
});

describe("mails of an alert", () => {
  it("say whom they did not reach, and why", async () => {
    const last = { run_id: run.id, value: "3", fired_at: "2026-11-02T08:00:00Z", not_sent: [{ to: "ada@example.com", reason: "cap" }] };
    const shown = {
      ...alert, channels: [...alert.channels, { kind: "mail", to: eve }], awaited: [{ to: eve, standing: "asked" }], last_firing: last,
    };
    server.use(
      http.get(api("/amc/alerts"), () => HttpResponse.json({ items: [shown], next_cursor: null })),
      http.post(api(`/amc/alerts/${alert.id}/test`), () =>
        HttpResponse.json({ not_sent: [{ to: eve, reason: "unconfirmed" }] }, { status: 202 }),
      ),
    );
    const { user } = open("/amc/runs/alerts");
    expect(await screen.findByText(`${eve} (has not said yes yet)`)).toBeVisible();
    expect(screen.getByText("Not sent to ada@example.com: the mails of that day were used up")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Try it" }));
    expect(await screen.findByText(`Not sent to ${eve}: it has not said yes yet`)).toBeVisible();
  });

  it("come to an address outside when its owner says yes, who may change their mind", async () => {
    const said: unknown[] = [];
    for (const word of ["confirm", "refuse"]) {
      server.use(
        http.post(api(`/public/amc/alert-addresses/${word}`), async ({ request }) => {
          said.push([word, await request.json()]);
          return HttpResponse.json({ organisation: "Harbour", address: eve, says_yes: word === "confirm" });
        }),
      );
    }
    const { user } = open("/s/amc/alerts/tok-1");
    await user.click(await screen.findByRole("button", { name: "Yes, send them" }));
    expect(await screen.findByRole("heading", { name: `Alerts will come to ${eve}` })).toBeVisible();
    await user.click(screen.getByRole("button", { name: "No, send none" }));
    expect(await screen.findByRole("heading", { name: `No alerts will come to ${eve}` })).toBeVisible();
    expect(screen.getByText("Harbour can neither tell you nor ask you again.")).toBeVisible();
    expect(said).toEqual([["confirm", { token: "tok-1" }], ["refuse", { token: "tok-1" }]]);
  });

  it("have no page behind a link that nobody made", async () => {
    server.use(
      http.post(api("/public/amc/alert-addresses/confirm"), () => refusal(404, "alert_address_not_found", "This link leads to no question")),
    );
    const { user } = open("/s/amc/alerts/made-up");
    await user.click(await screen.findByRole("button", { name: "Yes, send them" }));
    expect(await screen.findByText("This link leads nowhere")).toBeVisible();
  });
});
