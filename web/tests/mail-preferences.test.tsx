import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

beforeEach(signedInBefore);

describe("mails", () => {
  it("are chosen by kind, at once, daily or not at all; money is no choice", async () => {
    const sent: unknown[] = [];
    server.use(
      http.put(api("/notification-preferences/amc.alerts"), async ({ request }) => {
        sent.push(await request.json());
        return new HttpResponse(null, { status: 204 });
      }),
    );
    const { user } = open("/settings/mails");
    expect(await screen.findByText(/What moves money.*cannot be put off or switched off/)).toBeVisible();
    await user.click(screen.getByRole("combobox", { name: "Alerts on results" }));
    await user.click(await screen.findByRole("option", { name: "In a daily digest" }));
    await waitFor(() => expect(sent).toEqual([{ delivery: "daily" }]));
  });

  it("stay as they were when the server refuses", async () => {
    server.use(http.put(api("/notification-preferences/amc.alerts"), () => refusal(403, "permission_denied", "You may not do that")));
    const { user } = open("/settings/mails");
    await user.click(await screen.findByRole("combobox", { name: "Alerts on results" }));
    await user.click(await screen.findByRole("option", { name: "Not at all" }));
    expect(await screen.findByText("Your choice was not taken")).toBeVisible();
    await waitFor(() => expect(screen.getByRole("combobox", { name: "Alerts on results" })).toHaveTextContent("At once"));
  });
});
