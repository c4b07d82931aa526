"""Registering: the same answer for all, and nothing a stranger prepared survives the owner."""

import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.errors import InvalidInput
from metatron.platform.identity.email_address import read_email
from tests.support.people import Door, new_email, use_token

GOOD = "plum-tractor-nine-lakes"
OTHER = "seven-quiet-harbours-west"
_AGE = text("""
update identity.one_time_token t set created_at = t.created_at - interval '16 minutes'
from identity.user_account u where u.id = t.user_id and u.email = :email
""")


async def register(client: httpx.AsyncClient, email: str, **more: str) -> httpx.Response:
    body = {"email": email, "display_name": "Ada", **more}
    return await client.post("/auth/register", json=body)


async def login(client: httpx.AsyncClient, email: str, password: str) -> httpx.Response:
    return await client.post("/auth/login", json={"email": email, "password": password})


async def test_registering_founds_the_organisation_once_the_address_is_confirmed(
    door: Door,
) -> None:
    email = new_email()
    browser = door.browser()
    asked = await register(browser, email, password=GOOD, organisation_name="Ada & Sons")
    assert (asked.status_code, asked.json()) == (202, {"status": "check_your_mail"})
    signed = use_token(browser, (await login(browser, email, GOOD)).json())
    assert signed["mfa_required"] is False
    before = (await browser.get("/auth/me")).json()
    assert (before["user"]["email_verified"], before["memberships"]) == (False, [])
    token = await door.link_token(email)
    assert (await browser.post("/auth/verify-email", json={"token": token})).status_code == 200
    me = (await browser.get("/auth/me")).json()
    assert [(item["name"], item["roles"]) for item in me["memberships"]] == [
        ("Ada & Sons", ["owner"])
    ]
    again = await browser.post("/auth/verify-email", json={"token": token})
    assert (again.status_code, again.json()["code"]) == (400, "invalid_link")


async def test_who_confirms_soon_in_the_registering_browser_is_in(door: Door) -> None:
    for given in ({"password": GOOD}, {}):
        email = new_email()
        browser = door.browser()
        await register(browser, email, organisation_name="Ada & Sons", return_to="/o/x", **given)
        answer = await browser.post(
            "/auth/verify-email", json={"token": await door.link_token(email)}
        )
        body = answer.json()
        assert (body["email"], body["password_kept"]) == (email, True)
        assert body["sign_in"]["return_to"] == "/o/x"
        assert "metatron_refresh" in answer.headers["set-cookie"]
        use_token(browser, body["sign_in"])
        me = (await browser.get("/auth/me")).json()
        assert (me["user"]["email"], me["tenant"]["name"]) == (email, "Ada & Sons")


async def test_a_forwarded_or_late_confirmation_signs_nobody_in(door: Door) -> None:
    for makes_late in (False, True):
        email = new_email()
        asking = door.browser()
        await register(asking, email, password=GOOD)
        opening = asking if makes_late else door.browser()
        await register(opening, new_email())  # it has a cookie of its own
        if makes_late:
            async with door.database.transaction(system_context()) as session:
                await session.execute(_AGE, {"email": email})
        answer = await opening.post(
            "/auth/verify-email", json={"token": await door.link_token(email)}
        )
        assert (answer.json()["email"], answer.json()["sign_in"]) == (email, None)
        assert "metatron_refresh" not in answer.headers.get("set-cookie", "")
        assert (await opening.post("/auth/refresh", json={})).status_code == 401


async def test_confirming_in_a_signed_in_browser_keeps_its_session(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await register(browser, email, password=GOOD)
    use_token(browser, (await login(browser, email, GOOD)).json())
    token = await door.link_token(email)
    answer = await browser.post("/auth/verify-email", json={"token": token})
    assert answer.json()["sign_in"] is None
    assert len((await browser.get("/auth/sessions")).json()["items"]) == 1


async def test_where_to_come_back_to_is_a_path_of_ours(door: Door) -> None:
    answer = await register(door.browser(), new_email(), return_to="//evil.example")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_a_known_address_gets_the_same_answer_and_a_mail(door: Door) -> None:
    email = new_email()
    await door.person(email)
    known = await register(door.browser(), email, password=GOOD)
    unknown = await register(door.browser(), new_email(), password=GOOD)
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert [mail["template"] for mail in await door.mails(email)] == ["identity.already_registered"]
    assert (await login(door.browser(), email, GOOD)).status_code == 401


async def test_a_strangers_password_dies_when_the_owner_opens_the_mail(door: Door) -> None:
    email = new_email()
    stranger, owner = door.browser(), door.browser()
    await register(stranger, email, password=GOOD)
    use_token(stranger, (await login(stranger, email, GOOD)).json())
    token = await door.link_token(email)
    verified = await owner.post("/auth/verify-email", json={"token": token})
    assert verified.json() == {
        "email_verified": True, "email": email, "password_kept": False, "sign_in": None,
    }  # fmt: skip
    assert (await login(door.browser(), email, GOOD)).status_code == 401
    assert (await stranger.post("/auth/refresh", json={})).status_code == 401


async def test_the_owners_own_registration_wins_over_a_strangers(door: Door) -> None:
    email = new_email()
    stranger, owner = door.browser(), door.browser()
    await register(stranger, email, password=GOOD)
    await register(owner, email, password=OTHER)
    assert (await login(door.browser(), email, OTHER)).status_code == 401  # not yet theirs
    token = await door.link_token(email)
    verified = await owner.post("/auth/verify-email", json={"token": token})
    assert verified.json()["password_kept"] is True
    assert (await login(door.browser(), email, GOOD)).status_code == 401
    assert (await login(door.browser(), email, OTHER)).status_code == 200


async def test_a_magic_link_also_ends_what_a_stranger_prepared(door: Door) -> None:
    email = new_email()
    stranger, owner = door.browser(), door.browser()
    await register(stranger, email, password=GOOD)
    await owner.post("/auth/send-magic-link", json={"email": email})
    token = await door.link_token(email)
    signed = await owner.post("/auth/verify-magic-link", json={"token": token})
    use_token(owner, signed.json())
    me = (await owner.get("/auth/me")).json()
    assert (me["user"]["email_verified"], me["user"]["has_password"]) == (True, False)
    assert (await login(door.browser(), email, GOOD)).status_code == 401


async def test_a_strangers_words_are_not_mailed(door: Door) -> None:
    """Whoever registers somebody else's address cannot have us send them an advertisement."""
    email = new_email()
    client = door.browser()
    words = "Prize: https://evil.example/win"
    for path, body in (
        ("/auth/register", {"email": email, "display_name": words, "organisation_name": words}),
        ("/auth/register", {"email": email, "display_name": words}),
        ("/auth/forgot-password", {"email": email}),
    ):
        assert (await client.post(path, json=body)).status_code == 202
    mails = await door.mails(email)
    assert len(mails) == 3
    assert not [mail for mail in mails if "evil.example" in mail["text"] + mail["subject"]]


async def test_the_confirmation_can_be_sent_again(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    await register(browser, email, password=GOOD)
    use_token(browser, (await login(browser, email, GOOD)).json())
    assert (await browser.post("/auth/resend-verification")).status_code == 202
    token = await door.link_token(email)
    verified = await browser.post("/auth/verify-email", json={"token": token})
    assert verified.json()["password_kept"] is True
    count = len(await door.mails(email))
    assert (await browser.post("/auth/resend-verification")).status_code == 202
    assert len(await door.mails(email)) == count


async def test_mails_to_one_person_are_limited(door: Door) -> None:
    email = new_email()
    browser = door.browser()
    answers = [await browser.post("/auth/forgot-password", json={"email": email}) for _ in range(7)]
    assert [answer.status_code for answer in answers] == [202] * 5 + [429] * 2
    assert len(await door.mails(email)) == 5


@pytest.mark.parametrize(
    "body",
    [
        {"email": "nobody", "display_name": "X"},
        {"email": "a@b@example.com", "display_name": "X"},
        {"email": "a@example.com\nBcc: b@example.com", "display_name": "X"},
        {"email": "a@example.com", "display_name": " "},
        {"email": "a@example.com", "display_name": "A\x00da"},
        {"email": "a@example.com", "display_name": "A\r\nBcc: b@example.com"},
        {"email": "a@example.com", "display_name": "A", "organisation_name": "B\x00"},
        {"email": "a@example.com\x00", "display_name": "A"},
        {"email": "a@example.com", "display_name": "X", "is_admin": True},
        {"display_name": "X"},
        [],
    ],
)
async def test_bad_input_names_the_field(door: Door, body: object) -> None:
    answer = await door.browser().post("/auth/register", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")
    assert answer.json()["errors"]


async def test_a_large_body_is_refused(door: Door) -> None:
    body = {"email": new_email(), "display_name": "X" * 5_000}
    answer = await door.browser().post("/auth/register", json=body)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("Ada.Lovelace+x@EXAMPLE.com", "Ada.Lovelace+x@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("\uff41da@example.com", "ada@example.com"),
        ("jürgen@example.com", "jürgen@example.com"),
        ("дмитрий@example.com", "дмитрий@example.com"),
    ],
)
def test_one_spelling(given: str, shown: str) -> None:
    address = read_email(given)
    assert (address.shown, address.key) == (shown, shown.casefold())


def test_dots_and_plus_tell_people_apart_and_case_does_not() -> None:
    keys = {read_email(text).key for text in ("a.b@x.example", "ab@x.example", "ab+1@x.example")}
    assert len(keys) == 3
    assert read_email("AB@x.example").key == read_email("ab@X.example").key


@pytest.mark.parametrize(
    "text",
    [
        "\u0430da@example.com",  # a Cyrillic letter among Latin ones
        "\u0430\u0441\u0435@example.com",  # Cyrillic throughout, reads as "ace"
        "a\u200bda@example.com",
        "a\u202eda@example.com",
        "ada\x00@example.com",
        " ada@example.com",
        "ada@exam\u00adple.com",
        "ada@",
        "@example.com",
        "x" * 250 + "@example.com",
    ],
)
def test_look_alikes_and_controls_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_email(text)
