"""Login with Amazon, as the local AMC speaks it."""

import base64
import hashlib

import pytest

from metatron.apps.amc.twin.tokens import ACCESS, REFRESH
from tests.apps.amc.twin.conftest import BACK, SCOPE, Visitor

VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
PROOF = {"code_challenge": CHALLENGE.decode(), "code_challenge_method": "S256"}


async def test_consent_code_tokens(visitor: Visitor) -> None:
    told = await visitor.code(state="of-the-client", **PROOF)
    assert told["state"] == "of-the-client"
    answer = await visitor.token(
        grant_type="authorization_code", code=told["code"], code_verifier=VERIFIER
    )
    content = answer.json()
    assert content["access_token"].startswith(ACCESS)
    assert content["refresh_token"].startswith(REFRESH)
    assert (content["token_type"], content["expires_in"]) == ("bearer", 3600)
    again = await visitor.token(grant_type="refresh_token", refresh_token=content["refresh_token"])
    assert again.json()["refresh_token"] == content["refresh_token"]
    assert again.json()["access_token"] != content["access_token"]


@pytest.mark.parametrize(
    "form",
    [
        {"code_verifier": "another-verifier"},
        {"code_verifier": ""},
        {"redirect_uri": "http://app.test/elsewhere", "code_verifier": VERIFIER},
    ],
)
async def test_a_code_needs_its_proof(visitor: Visitor, form: dict[str, str]) -> None:
    code = (await visitor.code(**PROOF))["code"]
    answer = await visitor.token(grant_type="authorization_code", code=code, **form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_a_code_is_good_once_and_for_five_minutes(visitor: Visitor) -> None:
    code = (await visitor.code())["code"]
    assert (await visitor.token(grant_type="authorization_code", code=code)).status_code == 200
    second = await visitor.token(grant_type="authorization_code", code=code)
    assert second.json()["error"] == "invalid_grant"
    late = (await visitor.code())["code"]
    await visitor.chaos(clock_offset_seconds=301)
    answer = await visitor.token(grant_type="authorization_code", code=late)
    assert answer.json()["error"] == "invalid_grant"


async def test_the_secret_is_asked_for(visitor: Visitor) -> None:
    answer = await visitor.token(grant_type="refresh_token", client_secret="guess")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_refusing_consent(visitor: Visitor) -> None:
    assert await visitor.code(user="", state="s") == {"error": "access_denied", "state": "s"}


async def test_nobody_is_sent_to_a_foreign_address(visitor: Visitor) -> None:
    query = {
        "client_id": "cid", "scope": SCOPE, "response_type": "code",
        "redirect_uri": f"{BACK}.evil.test/",
    }  # fmt: skip
    for method in ("GET", "POST"):
        answer = await visitor.http.request(method, "/ap/oa", params=query)
        assert answer.status_code == 400
        assert "location" not in answer.headers


async def test_the_page_names_people_and_escapes(visitor: Visitor) -> None:
    query = {"client_id": "cid", "scope": SCOPE, "response_type": "code", "redirect_uri": BACK}
    page = await visitor.http.get("/ap/oa", params=query)
    assert "Anna Analyst" in page.text
    wrong = await visitor.http.get("/ap/oa", params=query | {"scope": "<script>"})
    assert wrong.headers["location"] == f"{BACK}?error=invalid_scope"


async def test_tokens_end_and_can_be_revoked(signed_in: Visitor) -> None:
    assert (await signed_in.call("GET", "/amc/accounts")).status_code == 200
    await signed_in.chaos(clock_offset_seconds=3_601)
    assert (await signed_in.call("GET", "/amc/accounts")).status_code == 401
    content = await signed_in.sign_in()
    await signed_in.chaos({"fault": "revoked_refresh", "count": 1})
    answer = await signed_in.token(
        grant_type="refresh_token", refresh_token=content["refresh_token"]
    )
    assert answer.json()["error"] == "invalid_grant"
    assert (await signed_in.call("GET", "/amc/accounts")).status_code == 401
