"""Forged and damaged access tokens: every one is refused, none reaches the library's leniency."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from metatron.platform.identity.keys import KeyRing
from tests.support.people import Door, new_email

Forge = Callable[["Forger"], str]


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Forger:
    """A valid token taken apart, and the real key to sign variations with."""

    def __init__(self, door: Door, token: str) -> None:
        self.token = token
        self.parts = token.split(".")
        self.header: dict[str, Any] = json.loads(unb64(self.parts[0]))
        self.claims: dict[str, Any] = json.loads(unb64(self.parts[1]))
        ring: KeyRing = door.app.state.identity_desk.issuer.ring
        self.pem = next(
            key.private.as_pem(private=True) for key in ring._keys if key.kid == self.header["kid"]
        )
        self.key = serialization.load_pem_private_key(self.pem, None)
        self.public_pem = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def signed(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token signed with the real key; a claim of None is left out."""
        merged = {**self.claims, **claims}
        kept = {name: value for name, value in merged.items() if value is not None}
        return self.raw(json.dumps(self.header if header is None else header), json.dumps(kept))

    def raw(self, header: str, payload: str) -> str:
        return self.sealed(f"{b64(header.encode())}.{b64(payload.encode())}")

    def sealed(self, text: str) -> str:
        signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(
            text.encode(), self.key
        )
        return f"{text}.{b64(signature)}"

    def twisted(self, **header: Any) -> str:
        return self.signed({**self.header, **header})


def _none(forger: Forger) -> str:
    header = {**forger.header, "alg": "none"}
    return f"{b64(json.dumps(header).encode())}.{forger.parts[1]}."


def _hs256(forger: Forger) -> str:
    header = {**forger.header, "alg": "HS256"}
    text = f"{b64(json.dumps(header).encode())}.{forger.parts[1]}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    return f"{text}.{b64(algorithm.sign(text.encode(), forger.public_pem))}"


def _foreign_key(forger: Forger) -> str:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    header = {name: forger.header[name] for name in ("typ", "kid")}
    return jwt.encode(forger.claims, other, algorithm="RS256", headers=header)


def _embedded_key(forger: Forger) -> str:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(other.public_key()))
    header = {"typ": "at+jwt", "kid": forger.header["kid"], "jwk": public}
    return jwt.encode(forger.claims, other, algorithm="RS256", headers=header)


def _loose_bits(forger: Forger) -> str:
    """The same claims spelt with stray bits in the last character, and signed so."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    claims = json.dumps(forger.claims)
    spelt = b64((claims + " " * (len(claims) % 3 == 0)).encode())
    assert len(spelt) % 4 != 0
    loose = spelt[:-1] + alphabet[alphabet.index(spelt[-1]) ^ 1]
    assert unb64(loose) == unb64(spelt)
    return forger.sealed(f"{forger.parts[0]}.{loose}")


def _duplicate(member: str, value: str) -> Forge:
    def forge(forger: Forger) -> str:
        payload = json.dumps(forger.claims)
        return forger.raw(json.dumps(forger.header), payload[:-1] + f', "{member}": {value}}}')

    return forge


def _duplicate_header(forger: Forger) -> str:
    header = json.dumps(forger.header)
    return forger.raw(header[:-1] + ', "alg": "RS256"}', json.dumps(forger.claims))


ATTACKS: dict[str, Forge] = {
    "alg none": _none,
    "alg None with a signature": lambda f: f.twisted(alg="None"),
    "HS256 with the public key": _hs256,
    "RS512": lambda f: f.twisted(alg="RS512"),
    "a key of somebody's own": _foreign_key,
    "an embedded key": _embedded_key,
    "kid is a path": lambda f: f.twisted(kid="../../../../dev/null"),
    "kid is an address": lambda f: f.twisted(kid="https://evil.example/key"),
    "kid is an injection": lambda f: f.twisted(kid="x' or '1'='1"),
    "kid is a number": lambda f: f.twisted(kid=7),
    "no kid": lambda f: f.signed({"alg": "RS256", "typ": "at+jwt"}),
    "jku": lambda f: f.twisted(jku="https://evil.example/jwks.json"),
    "x5u": lambda f: f.twisted(x5u="https://evil.example/cert.pem"),
    "crit": lambda f: f.twisted(crit=["exp"]),
    "b64 false": lambda f: f.twisted(b64=False, crit=["b64"]),
    "zip": lambda f: f.twisted(zip="DEF"),
    "typ JWT": lambda f: f.twisted(typ="JWT"),
    "typ of services": lambda f: f.twisted(typ="service+jwt"),
    "typ in capitals": lambda f: f.twisted(typ="AT+JWT"),
    "no typ": lambda f: f.signed({"alg": "RS256", "kid": f.header["kid"]}),
    "duplicate sub": _duplicate("sub", '"00000000-0000-7000-8000-000000000009"'),
    "duplicate exp": _duplicate("exp", "9999999999"),
    "duplicate alg": _duplicate_header,
    "exp as text": lambda f: f.signed(exp=str(f.claims["exp"])),
    "exp as fraction": lambda f: f.signed(exp=f.claims["exp"] + 0.5),
    "exp as true": lambda f: f.signed(exp=True),
    "exp nested": lambda f: f.signed(exp={"value": f.claims["exp"]}),
    "exp endless": lambda f: f.raw(
        json.dumps(f.header), json.dumps({**f.claims, "exp": float("inf")})
    ),
    "no exp": lambda f: f.signed(exp=None),
    "over": lambda f: f.signed(exp=int(time.time()) - 1, iat=1, nbf=1),
    "not begun": lambda f: f.signed(nbf=int(time.time()) + 120),
    "another audience": lambda f: f.signed(aud="somebody"),
    "a list of audiences": lambda f: f.signed(aud=["metatron", "somebody"]),
    "no audience": lambda f: f.signed(aud=None),
    "another issuer": lambda f: f.signed(iss="https://evil.example"),
    "no issuer": lambda f: f.signed(iss=None),
    "no tenant": lambda f: f.signed(tid=None),
    "no jti": lambda f: f.signed(jti=None),
    "another session version": lambda f: f.signed(sv=f.claims["sv"] + 1),
    "another subject": lambda f: f.signed(sub="00000000-0000-7000-8000-000000000009"),
    "another session": lambda f: f.signed(sid="00000000-0000-7000-8000-000000000009"),
    "session is no id": lambda f: f.signed(sid="x"),
    "payload is a list": lambda f: f.raw(json.dumps(f.header), "[]"),
    "payload is deep": lambda f: f.raw(json.dumps(f.header), "[" * 1_200 + "]" * 1_200),
    "a damaged payload": lambda f: ".".join(
        [f.parts[0], b64(json.dumps({**f.claims, "sv": 9}).encode()), f.parts[2]]
    ),
    "stray bits": _loose_bits,
    "padding": lambda f: f.token + "=",
    "standard alphabet": lambda f: f.token.replace("-", "+").replace("_", "/"),
    "a fourth part": lambda f: f.token + ".e30",
    "five parts": lambda f: f.token + ".e30.e30",
    "a line end": lambda f: f.parts[0] + ".\t" + f.parts[1] + "." + f.parts[2],
    "too long": lambda f: f.signed(more="x" * 5_000),
    "no signature": lambda f: ".".join(f.parts[:2]) + ".",
}


async def _ask(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.get("/auth/me", headers={"authorization": f"Bearer {token}"})


@pytest.fixture
async def forger(door: Door) -> Forger:
    client = await door.signed_in(new_email())
    return Forger(door, client.headers["authorization"].removeprefix("Bearer "))


async def test_the_token_is_as_described(forger: Forger) -> None:
    assert set(forger.header) == {"alg", "typ", "kid"}
    assert (forger.header["alg"], forger.header["typ"]) == ("RS256", "at+jwt")
    assert forger.claims["exp"] - forger.claims["iat"] == 900
    assert forger.claims["aud"] == "metatron"
    assert set(forger.claims) == {
        "iss", "aud", "sub", "tid", "sid", "sv", "iat", "nbf", "exp", "jti",
    }  # fmt: skip


async def test_a_second_opinion_verifies_it_with_the_published_key(
    door: Door, forger: Forger
) -> None:
    browser = door.browser()
    answer = await browser.get(f"{door.settings.public_url}/.well-known/jwks.json")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = answer.json()["keys"]
    assert not any({"d", "p", "q"} & set(key) for key in keys)
    jwks = jwt.PyJWKSet.from_dict(answer.json())
    key = jwks[forger.header["kid"]]
    claims = jwt.decode(forger.token, key, algorithms=["RS256"], audience="metatron")
    assert claims == forger.claims


async def test_what_the_forger_signs_rightly_is_accepted(door: Door, forger: Forger) -> None:
    """Else the attacks below would prove nothing."""
    assert (await _ask(door.browser(), forger.signed())).status_code == 200


@pytest.mark.parametrize("attack", ATTACKS)
async def test_an_attack_is_refused(door: Door, forger: Forger, attack: str) -> None:
    answer = await _ask(door.browser(), ATTACKS[attack](forger))
    assert answer.status_code == 401, attack
    assert answer.json()["code"] == "unauthenticated"


async def test_other_secrets_are_no_access_tokens(door: Door, forger: Forger) -> None:
    email = new_email()
    browser = door.browser()
    await browser.post("/auth/send-magic-link", json={"email": email})
    link = await door.link_token(email)
    assert (await _ask(browser, link)).status_code == 401
    signed = await browser.post("/auth/verify-magic-link", json={"token": link})
    refresh = signed.cookies["metatron_refresh"]
    assert (await _ask(browser, refresh)).status_code == 401
    browser.cookies.clear()
    as_refresh = await browser.post("/auth/refresh", json={"refresh_token": forger.token})
    assert (as_refresh.status_code, as_refresh.json()["code"]) == (401, "invalid_refresh_token")
