import { screen, waitFor } from "@testing-library/react";
import { delay, http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";

import { accessToken } from "@/kernel/token";

import { signIn } from "./fixtures/answers";
import { open } from "./open";
import { api, refusal, server } from "./server";

describe("sign-in", () => {
  it("asks for a mailed link and then tells to look into the mail", async () => {
    let asked: unknown = null;
    server.use(
      http.post(api("/auth/send-magic-link"), async ({ request }) => {
        asked = await request.json();
        return HttpResponse.json({}, { status: 202 });
      }),
    );
    const { user } = open("/sign-in?return_to=/campaigns");
    await user.type(await screen.findByLabelText("E-mail"), "ada@harbour.example");
    await user.click(screen.getByRole("button", { name: "E-mail me a sign-in link" }));
    expect(await screen.findByRole("heading", { name: "Check your mail" })).toBeVisible();
    expect(asked).toEqual({ email: "ada@harbour.example", return_to: "/campaigns" });
  });

  it("says beside the field what is wrong, before any request", async () => {
    const { user } = open("/sign-in");
    await user.type(await screen.findByLabelText("E-mail"), "ada");
    await user.click(screen.getByRole("button", { name: "E-mail me a sign-in link" }));
    expect(await screen.findByText("Enter your e-mail address")).toBeVisible();
    expect(screen.getByLabelText("E-mail")).toBeInvalid();
  });

  it("keeps the button busy while the answer is on its way", async () => {
    server.use(http.post(api("/auth/send-magic-link"), () => delay("infinite")));
    const { user } = open("/sign-in");
    await user.type(await screen.findByLabelText("E-mail"), "ada@harbour.example");
    const send = screen.getByRole("button", { name: "E-mail me a sign-in link" });
    await user.click(send);
    await waitFor(() => expect(send).toBeDisabled());
  });

  it("shows the server's refusal in its words", async () => {
    server.use(
      http.post(api("/auth/login"), () => refusal(401, "wrong_credentials", "Refused", { detail: "Wrong e-mail or password." })),
    );
    const { user } = open("/sign-in");
    await user.click(await screen.findByRole("button", { name: "Use a password instead" }));
    await user.type(screen.getByLabelText("E-mail"), "ada@harbour.example");
    await user.type(screen.getByLabelText("Password"), "not the right one");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Wrong e-mail or password.");
    expect(accessToken()).toBeNull();
  });

  it("asks for the second factor and then arrives, the token in memory only", async () => {
    server.use(
      http.post(api("/auth/login"), () =>
        HttpResponse.json({ mfa_required: true, mfa_token: "second", methods: ["totp"] }),
      ),
      http.post(api("/auth/mfa"), async ({ request }) => {
        expect(await request.json()).toEqual({ mfa_token: "second", code: "123456" });
        return HttpResponse.json(signIn);
      }),
    );
    const { user, router } = open("/sign-in?return_to=/settings/profile");
    await user.click(await screen.findByRole("button", { name: "Use a password instead" }));
    await user.type(screen.getByLabelText("E-mail"), "ada@harbour.example");
    await user.type(screen.getByLabelText("Password"), "a long enough secret");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await user.type(await screen.findByLabelText("Code"), "123456");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/profile"));
    expect(accessToken()).toBe("fixture-access");
    expect(JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])).not.toContain("fixture-access");
  });

  it("posts the token of a mailed link once and takes it out of the address", async () => {
    const spent: unknown[] = [];
    server.use(
      http.post(api("/auth/verify-magic-link"), async ({ request }) => {
        spent.push(await request.json());
        return HttpResponse.json(signIn);
      }),
    );
    window.location.hash = "token=one-time";
    const { router } = open("/sign-in/link#token=one-time");
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
    expect(spent).toEqual([{ token: "one-time" }]);
    expect(window.location.hash).toBe("");
  });

  it("says what the mail of a registration does", async () => {
    server.use(http.post(api("/auth/register"), () => HttpResponse.json({ status: "check_your_mail" }, { status: 202 })));
    const { user } = open("/register");
    await user.type(await screen.findByLabelText("Your name"), "Nia");
    await user.type(screen.getByLabelText("E-mail"), "nia@harbour.example");
    await user.click(screen.getByRole("button", { name: "Create account" }));
    expect(await screen.findByText(/in this browser within 15 minutes, and you are signed in/)).toHaveTextContent("nia@harbour.example");
  });

  const verify = (answer: { password_kept: boolean; sign_in: unknown }) => {
    server.use(
      http.post(api("/auth/verify-email"), () => HttpResponse.json({ email_verified: true, email: "new@harbour.example", ...answer })),
    );
    window.location.hash = `token=of-${String(answer.password_kept)}`;
    return open("/verify-email");
  };

  it("goes in by the confirmation of an address where it was registered", async () => {
    const { router } = verify({ password_kept: true, sign_in: { ...signIn, return_to: "/settings/profile" } });
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/profile"));
    expect(accessToken()).toBe("fixture-access");
  });

  it("fills the address in where the confirmation was opened elsewhere, and says what comes next", async () => {
    const { router } = verify({ password_kept: false, sign_in: null });
    await waitFor(() => expect(router.state.location.pathname).toBe("/sign-in"));
    expect(await screen.findByLabelText("E-mail")).toHaveValue("new@harbour.example");
    expect(screen.getByText(/is confirmed.*so it is not kept/)).toBeVisible();
  });

  it("never follows a return address to another site", async () => {
    server.use(http.post(api("/auth/login"), () => HttpResponse.json({ ...signIn, return_to: "//evil.example/" })));
    const { user, router } = open("/sign-in");
    await user.click(await screen.findByRole("button", { name: "Use a password instead" }));
    await user.type(screen.getByLabelText("E-mail"), "ada@harbour.example");
    await user.type(screen.getByLabelText("Password"), "a long enough secret");
    await user.click(screen.getByRole("button", { name: "Sign in" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
  });
});
