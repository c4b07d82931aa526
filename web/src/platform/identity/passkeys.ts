import { t } from "@lingui/core/macro";

import type { SignIn } from "@/kernel/api-types";
import { post } from "@/kernel/client";
import { Problem } from "@/kernel/problem";

interface Challenge<Options> {
  challenge_id: string;
  options: Options;
}

export function passkeysWork(): boolean {
  return typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;
}

function given(credential: Credential | null): PublicKeyCredential {
  if (credential instanceof PublicKeyCredential) return credential;
  throw new Problem({ type: "about:blank", title: t`No passkey was given`, status: 0, code: "passkey_cancelled" });
}

/** The browser tells a cancelled or timed-out dialogue by NotAllowedError. */
async function ask(work: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    return given(await work());
  } catch (error) {
    if (error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError")) {
      return given(null);
    }
    throw error;
  }
}

export async function signInWithPasskey(): Promise<SignIn> {
  const { challenge_id, options } = await post<Challenge<PublicKeyCredentialRequestOptionsJSON>>(
    "/auth/passkeys/sign-in-options",
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await ask(() => navigator.credentials.get({ publicKey }));
  return post<SignIn>("/auth/passkeys/sign-in", { challenge_id, credential: credential.toJSON() as unknown });
}

/** Shows with a passkey of one's own that it is oneself, in the session that is open. */
export async function confirmWithPasskey(): Promise<void> {
  const { challenge_id, options } = await post<Challenge<PublicKeyCredentialRequestOptionsJSON>>(
    "/auth/confirmation/passkey-options",
  );
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await ask(() => navigator.credentials.get({ publicKey }));
  await post("/auth/confirmation/passkey", { challenge_id, credential: credential.toJSON() as unknown });
}

export async function addPasskey(name: string): Promise<void> {
  const { challenge_id, options } = await post<Challenge<PublicKeyCredentialCreationOptionsJSON>>(
    "/auth/passkeys/registration-options",
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await ask(() => navigator.credentials.create({ publicKey }));
  await post("/auth/passkeys", { challenge_id, name, credential: credential.toJSON() as unknown });
}
