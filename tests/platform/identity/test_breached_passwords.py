"""A password of a breach is refused wherever one is chosen."""

from dataclasses import replace
from hashlib import sha1
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.platform.identity.breached_passwords import BreachedPasswords
from tests.support.people import Door, new_email

STOLEN = "plum-tractor-eleven-lakes"
SAFE = "plum-tractor-twelve-lakes"


def _line(password: str) -> str:
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def _file(folder: Path, passwords: list[str], *, counts: bool = True) -> Path:
    lines = sorted(_line(each) + (f":{len(each)}" if counts else "") for each in passwords)
    path = folder / "breached.txt"
    path.write_text("\r\n".join(lines) + ("\r\n" if counts else ""))
    return path


@given(
    held=st.sets(st.text(min_size=1, max_size=12), min_size=1, max_size=40), counts=st.booleans()
)
def test_each_line_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, *, held: set[str], counts: bool
) -> None:
    folder = tmp_path_factory.mktemp("breached", numbered=True)
    breached = BreachedPasswords(_file(folder, sorted(held), counts=counts))
    for each in held:
        assert breached.holds(each)
        assert breached.holds(each + "x") == (each + "x" in held)


def test_a_file_that_is_none_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "words.txt"
    path.write_text("password\n")
    with pytest.raises(ValueError, match="no file of hashes"):
        BreachedPasswords(path)


async def test_it_is_refused_wherever_one_is_chosen(door: Door, tmp_path: Path) -> None:
    desk = door.app.state.identity_desk
    breached = BreachedPasswords(_file(tmp_path, ["other", STOLEN, "third"]))
    door.app.state.identity_desk = replace(desk, breached=breached)
    try:
        email = new_email()
        client = await door.signed_in(email)
        someone = {"email": new_email(), "display_name": "Ada"}
        await _refused_then_taken(client, "/auth/register", someone, "password")
        await _refused_then_taken(client, "/auth/password", {}, "new_password")
        await client.post("/auth/forgot-password", json={"email": email})
        mailed = {"token": await door.link_token(email)}
        await _refused_then_taken(client, "/auth/reset-password", mailed, "new_password")
    finally:
        door.app.state.identity_desk = desk


async def _refused_then_taken(
    client: httpx.AsyncClient, path: str, body: dict[str, str], name: str
) -> None:
    refused = await client.post(path, json=body | {name: STOLEN})
    assert refused.status_code == 422, path
    [error] = refused.json()["errors"]
    assert (error["field"], error["code"]) == (f"body.{name}", "breached")
    taken = await client.post(path, json=body | {name: SAFE})
    assert taken.is_success, (path, taken.text)
