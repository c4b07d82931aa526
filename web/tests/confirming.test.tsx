import { screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { beforeEach, describe, expect, it } from "vitest";

import type { Confirmation } from "@/kernel/api-types";

import { open, signedInBefore } from "./open";
import { api, refusal, server } from "./server";

const stale = () =>
  refusal(403, "fresh_sign_in_needed", "Sign in again first", { detail: "Confirm that it is you, then do it within 15 minutes." });

/** A session that is too old until it is confirmed; counts what reaches the server. */
function oldSession(confirmation: Omit<Confirmation, "is_fresh">) {
  const seen = { fresh: false, asked: 0, passwords: [] as unknown[], given: [] as unknown[], mails: 0 };
  server.use(
    http.get(api("/auth/confirmation"), () => HttpResponse.json({ is_fresh: false, ...confirmation })),
    http.get(api("/auth/passkeys"), () => HttpResponse.json({ items: [] })),
    http.post(api("/auth/totp"), () => {
      seen.asked += 1;
      if (!seen.fresh) return stale();
      return HttpResponse.json({ secret: "JBSWY3DPEHPK3PXP", otpauth_uri: "otpauth://totp/Metatron:ada?secret=JBSWY3DPEHPK3PXP" });
    }),
    http.post(api("/auth/password"), async ({ request }) => {
      seen.passwords.push(await request.json());
      return seen.fresh ? new HttpResponse(null, { status: 204 }) : stale();
    }),
    http.post(api("/auth/confirmation/password"), async ({ request }) => {
      const given = (await request.json()) as { password: string };
      seen.given.push(given);
      if (given.password !== "the right one") {
        return refusal(403, "wrong_password", "The current password is wrong", { detail: "The password is wrong." });
      }
      seen.fresh = true;
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(api("/auth/confirmation/send-code"), () => {
      seen.mails += 1;
      return HttpResponse.json({ status: "check_your_mail" }, { status: 202 });
    }),
    http.post(api("/auth/confirmation/mail"), async ({ request }) => {
      const given = (await request.json()) as { mailed_code: string };
      seen.given.push(given);
      if (given.mailed_code !== "123456") {
        return refusal(401, "wrong_code", "The code is wrong", { detail: "The mailed code is wrong or too old." });
      }
      seen.fresh = true;
      return new HttpResponse(null, { status: 204 });
    }),
  );
  return seen;
}

describe("confirming that it is oneself", () => {
  beforeEach(signedInBefore);

  it("asks for the password and then goes on with what was refused", async () => {
    const seen = oldSession({ ways: ["passkey", "password", "mail"], wants_code: false });
    const { user } = open("/settings/security");
    await user.click(await screen.findByRole("button", { name: "Set up" }));
    const dialog = await screen.findByRole("dialog", { name: "Confirm that it is you" });
    // This browser knows no passkeys: the next way stands there at once.
    const password = await screen.findByLabelText("Password");
    expect(dialog).toContainElement(password);
    await user.type(password, "a wrong one");
    await user.click(screen.getByRole("button", { name: "Confirm" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The password is wrong.");
    await user.clear(password);
    await user.type(password, "the right one");
    await user.click(screen.getByRole("button", { name: "Confirm" }));
    expect(await screen.findByRole("dialog", { name: "Set up an authenticator" })).toBeVisible();
    expect(screen.queryByRole("dialog", { name: "Confirm that it is you" })).toBeNull();
    expect(seen).toMatchObject({ asked: 2, given: [{ password: "a wrong one" }, { password: "the right one" }] });
  });

  it("keeps what was typed and sends it again after a mailed code; a wrong code is sent once", async () => {
    const seen = oldSession({ ways: ["mail"], wants_code: true });
    const { user } = open("/settings/security");
    await user.type(await screen.findByLabelText("New password"), "plum-tractor-nine-lakes");
    await user.click(screen.getByRole("button", { name: /password$/ }));
    await user.click(await screen.findByRole("button", { name: "E-mail me a code" }));
    await user.type(await screen.findByLabelText("Code in the mail"), "654321");
    await user.type(screen.getByLabelText("Code shown by the authenticator"), "111 222");
    await user.click(screen.getByRole("button", { name: "Confirm" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The mailed code is wrong or too old.");
    expect(seen.given).toEqual([{ mailed_code: "654321", code: "111 222" }]);
    await user.clear(screen.getByLabelText("Code in the mail"));
    await user.type(screen.getByLabelText("Code in the mail"), "123456");
    await user.click(screen.getByRole("button", { name: "Confirm" }));
    expect(await screen.findByText("Password saved")).toBeVisible();
    expect(seen.mails).toBe(1);
    expect(seen.passwords).toHaveLength(2);
    expect(seen.passwords[1]).toEqual(seen.passwords[0]);
  });

  it("gives the refusal back when one would not, and keeps the page as it was", async () => {
    const seen = oldSession({ ways: ["mail"], wants_code: false });
    const { user } = open("/settings/security");
    await user.type(await screen.findByLabelText("New password"), "plum-tractor-nine-lakes");
    await user.click(screen.getByRole("button", { name: /password$/ }));
    await screen.findByRole("dialog", { name: "Confirm that it is you" });
    await user.keyboard("{Escape}");
    expect(await screen.findByText("Confirm that it is you, then do it within 15 minutes.")).toBeVisible();
    expect(screen.getByLabelText("New password")).toHaveValue("plum-tractor-nine-lakes");
    expect(seen.passwords).toHaveLength(1);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
});
