"""Password sign-in, change and reset: the throttle, the same answers, what ends with a change."""

import asyncio

import bcrypt
import httpx
import pytest
from sqlalchemy import text

from metatron.kernel.context import system_context
from metatron.kernel.errors import Busy
from metatron.platform.identity.errors import WeakPassword
from metatron.platform.identity.password_hashing import HashPool
from metatron.platform.identity.password_policy import check_password
from metatron.platform.identity.well_known_passwords import common_passwords
from tests.support.people import Door, new_email, running, use_token

GOOD = "plum-tractor-nine-lakes"
OTHER = "seven-quiet-harbours-west"
ELSEWHERE = (
    "$argon2id$v=19$m=8192,t=3,p=4"
    "$gCP2jfls8bm0H2nKB9VzFQ$24z4kc/R84iI0lt8K7HHOY5BetBsaDXbIk2Eb0MGTa8"
)
"""Of `GOOD`: 8 MiB, 3 passes, 4 lanes, made with argon2-cffi 25.1."""


async def registered(door: Door, email: str, password: str = GOOD) -> httpx.AsyncClient:
    """A browser whose person has a password and a verified address, not signed in."""
    browser = door.browser()
    body = {"email": email, "display_name": "Ada Lovelace", "password": password}
    assert (await browser.post("/auth/register", json=body)).status_code == 202
    token = await door.link_token(email)
    answer = await browser.post("/auth/verify-email", json={"token": token})
    assert answer.json()["password_kept"] is True
    assert (await browser.post("/auth/logout")).status_code == 204
    return browser


async def login(client: httpx.AsyncClient, email: str, password: str = GOOD) -> httpx.Response:
    return await client.post("/auth/login", json={"email": email, "password": password})


async def test_sign_in_with_password(door: Door) -> None:
    email = new_email()
    browser = await registered(door, email)
    answer = await login(browser, email.upper().replace("EXAMPLE.COM", "Example.COM"))
    assert answer.status_code == 200
    use_token(browser, answer.json())
    me = (await browser.get("/auth/me")).json()
    assert me["user"]["has_password"] is True
    assert me["user"]["display_name"] == "Ada Lovelace"
    assert me["tenant"] is None


async def test_wrong_password_and_unknown_account_are_answered_alike(door: Door) -> None:
    email = new_email()
    await registered(door, email)
    wrong = await login(door.browser(), email, "not-the-password-at-all")
    unknown = await login(door.browser(), new_email())
    for answer in (wrong, unknown):
        body = answer.json()
        assert (answer.status_code, body["code"]) == (401, "wrong_credentials")
        body.pop("request_id")
    assert {**wrong.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


async def test_the_sixth_wrong_attempt_waits_and_strangers_lock_nobody_out(door: Door) -> None:
    email = new_email()
    await registered(door, email)
    thief, owner = door.browser(), door.browser()
    answers = [await login(thief, email, f"wrong-password-{n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert 890 <= int(answers[-1].headers["retry-after"]) <= 901
    assert (await login(thief, email)).status_code == 429  # even the right one, from there
    assert (await login(owner, email)).status_code == 200


async def test_parallel_guesses_do_not_outrun_the_count(door: Door) -> None:
    email = new_email()
    await registered(door, email)
    thief = door.browser()
    answers = await asyncio.gather(*(login(thief, email, f"wrong-guess-{n}") for n in range(30)))
    codes = [answer.status_code for answer in answers]
    assert codes.count(401) == 5
    assert codes.count(429) == 25


async def test_the_throttle_survives_a_new_process(door: Door) -> None:
    email = new_email()
    await registered(door, email)
    thief = door.browser("198.51.100.44")
    for n in range(5):
        await login(thief, email, f"wrong-password-{n}")
    async with running(door.settings, door.database) as second:
        again = Door(second, door.settings, door.database)
        try:
            answer = await login(again.browser("198.51.100.44"), email)
        finally:
            await again.close()
    assert answer.status_code == 429


async def test_a_right_password_forgives_the_wrong_ones(door: Door) -> None:
    email = new_email()
    browser = await registered(door, email)
    for _ in range(3):
        for n in range(4):
            assert (await login(browser, email, f"wrong-{n}")).status_code == 401
        assert (await login(browser, email)).status_code == 200


async def test_blocks_double(door: Door) -> None:
    email = new_email()
    thief = door.browser()
    waits = []
    for _ in range(3):
        for n in range(5):
            await login(thief, email, f"wrong-password-{n}")
        waits.append(int((await login(thief, email)).headers["retry-after"]))
        async with door.database.transaction(system_context()) as session:
            await session.execute(
                text(
                    "update identity.throttle set blocked_until = now() - interval '1 second',"
                    " window_started_at = now() - interval '20 minutes'"
                    " where blocked_until > now() and attempts = 5"
                )
            )
    assert [round(wait / 900) for wait in waits] == [1, 2, 4]


@pytest.mark.parametrize(
    "old",
    [bcrypt.hashpw(GOOD.encode(), bcrypt.gensalt(rounds=5)).decode(), ELSEWHERE],
    ids=["bcrypt", "other parameters"],
)
async def test_a_hash_of_another_kind_is_taken_and_renewed(door: Door, old: str) -> None:
    email = new_email()
    await door.person(email)
    async with door.database.transaction(system_context()) as session:
        await session.execute(
            text("update identity.user_account set password_hash = :h where email = :e"),
            {"h": old, "e": email},
        )
    browser = door.browser()
    assert (await login(browser, email, "wrong-password-here")).status_code == 401
    assert (await login(browser, email)).status_code == 200
    async with door.database.transaction(system_context()) as session:
        stored = await session.scalar(
            text("select password_hash from identity.user_account where email = :e"), {"e": email}
        )
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (await login(browser, email)).status_code == 200


async def test_a_change_ends_other_sessions(door: Door) -> None:
    email = new_email()
    first = await registered(door, email)
    second = door.browser()
    use_token(first, (await login(first, email)).json())
    use_token(second, (await login(second, email)).json())
    body = {"current_password": "not-my-password", "new_password": OTHER}
    wrong = await first.post("/auth/password", json=body)
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    body["current_password"] = GOOD
    assert (await first.post("/auth/password", json=body)).status_code == 204
    assert (await second.post("/auth/refresh", json={})).status_code == 401
    assert (await first.post("/auth/refresh", json={})).status_code == 200
    assert (await login(door.browser(), email)).status_code == 401
    assert (await login(door.browser(), email, OTHER)).status_code == 200
    assert (await door.mails(email))[-1]["template"] == "identity.password_changed"


async def test_reset_by_mail(door: Door) -> None:
    email = new_email()
    browser = await registered(door, email)
    use_token(browser, (await login(browser, email)).json())
    other = door.browser()
    unknown = new_email()
    answers = [
        await other.post("/auth/forgot-password", json={"email": item}) for item in (email, unknown)
    ]
    assert [(a.status_code, a.json()) for a in answers] == [
        (202, {"status": "check_your_mail"})
    ] * 2
    assert (await door.mails(unknown))[-1]["template"] == "identity.no_account"
    token = await door.link_token(email)
    weak = await other.post("/auth/reset-password", json={"token": token, "new_password": "short"})
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    body = {"token": token, "new_password": OTHER}
    assert (await other.post("/auth/reset-password", json=body)).status_code == 204
    used = await other.post("/auth/reset-password", json=body)
    assert (used.status_code, used.json()["code"]) == (400, "invalid_link")
    assert (await browser.post("/auth/refresh", json={})).status_code == 401
    assert (await login(other, email, OTHER)).status_code == 200


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "too_short"),
        ("x7" * 65, "too_long"),
        ("password1234", "well_known"),
        ("P@ssw0rd1234", "well_known"),
        ("Metatron2026!!", "well_known"),
        ("liverpoolliverpool", "well_known"),
        ("aaaabbbbaaaabbbb", "well_known"),
        ("1234567890123", "well_known"),
        ("adalovelace12", "own_name"),
    ],
)
def test_weak_passwords(password: str, code: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        check_password(password, own_words=("ada.lovelace@example.com", "Ada Lovelace"))
    assert refused.value.errors[0].code == code


async def test_the_organisations_name_is_no_password(door: Door) -> None:
    body = {"email": new_email(), "display_name": "Ada", "organisation_name": "Quillfeather Brand"}
    body["password"] = "quillfeather-77"
    refused = await door.browser().post("/auth/register", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "own_name")
    assert check_password(body["password"]) == body["password"]


def test_no_composition_rules() -> None:
    assert check_password("only lower case words here") == "only lower case words here"
    assert check_password("パスワードではない長い文") != ""
    assert len(common_passwords()) >= 3_000


async def test_the_hash_queue_is_bounded_and_permits_belong_to_jobs() -> None:
    pool = HashPool(threads=1, queue=2)
    try:
        waiting = [asyncio.create_task(pool.hash("x" * 12)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await pool.hash("one more")
        waiting[0].cancel()  # it runs already: its permit stays until the work is done
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await pool.hash("one more")
        await asyncio.gather(*waiting, return_exceptions=True)
        await asyncio.to_thread(pool._executor.submit(int).result)  # behind the cancelled one
        assert (await pool.hash("again")).startswith("$argon2id$")
    finally:
        pool.close()


async def test_too_many_sign_ins_at_once_are_busy(door: Door) -> None:
    desk = door.app.state.identity_desk
    narrow = type(desk)(desk.settings, desk.issuer, HashPool(threads=1, queue=1), desk.secrets)
    door.app.state.identity_desk = narrow
    try:
        answers = await asyncio.gather(*(login(door.browser(), new_email()) for _ in range(12)))
    finally:
        door.app.state.identity_desk = desk
        narrow.hashes.close()
    codes = {answer.status_code for answer in answers}
    assert codes == {401, 503}
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert busy.json()["code"] == "busy"
    assert "retry-after" in busy.headers
