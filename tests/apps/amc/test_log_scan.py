"""The look through the logs finds what it is for, and would fail the run."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from metatron.apps.amc.twin.tokens import ACCESS, REFRESH, new_token
from metatron.kernel.secrets import new_key
from metatron.kernel.settings import Settings
from tests.apps.amc.log_scan import KINDS, in_files, kinds_in
from tests.support.amazon import SECRET

PLANTED = {
    "access token": f"refused: {new_token(ACCESS)} is over",
    "refresh token": f"body=grant_type=refresh_token&refresh_token={new_token(REFRESH)}",
    "client secret": f"POST /auth/o2/token with {SECRET}",
    "signed link": "GET http://127.0.0.1:1/files/1/r.csv?expires=1&signature=" + "0a" * 32,
    "webhook secret": "sent with whsec" + "_" + "Zm9vYmFyYmF6cXV4" * 2,
    "verifier of a sign-in": "'code_verifier': 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r'",
    "JSON Web Token": ".".join(("eyJ" + "hbGciOiJS", "eyJ" + "zdWIiOiJ1", "c2lnbmF0dXJl")),
    "sealed secret": "gAAAAA" + "Bk" * 30,
}
HARMLESS = (
    '{"event": "amc_fetch_failed", "run_id": "0199", "error": "DeadLink"}',
    "HTTP Request: GET http://127.0.0.1:1/amc/reporting/amclocal0001/executions",
    "client_secret=***",
    "METATRON_AMAZON_CLIENT_SECRET is not set",
)


def test_every_kind_is_found() -> None:
    assert PLANTED.keys() == KINDS.keys()
    for kind, line in PLANTED.items():
        assert kinds_in(f"before\n{line}\nafter") == {kind}


@pytest.mark.parametrize("line", HARMLESS)
def test_ordinary_lines_are_let_through(line: str) -> None:
    assert kinds_in(line) == set()


def test_logs_are_read_wherever_they_lie() -> None:
    # Not in pytest's own folder: the look at the end of the run would find them there.
    with TemporaryDirectory() as place:
        for folder, line in (("a", HARMLESS[0]), ("b/deeper", PLANTED["access token"])):
            (Path(place) / folder).mkdir(parents=True)
            (Path(place) / folder / "log").write_text(f"{line}\n")
        assert in_files(Path(place)) == {("access token", "b/deeper/log")}


def test_what_was_drawn_in_this_run_is_known(settings: Settings) -> None:
    key = settings.secret_keys.get_secret_value()
    assert kinds_in(f"before {key} after") == {"key of secrets"}
    assert kinds_in(f"before {new_key()} after") == set(), "a key of nobody's"
