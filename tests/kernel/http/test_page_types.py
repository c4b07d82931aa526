"""The page's files say what they are, and under which policy."""

from pathlib import Path

import pytest

from metatron.kernel.http.application import create_application
from metatron.kernel.http.edge import HEADERS
from metatron.kernel.settings import Settings
from tests.doorkeeper import client_of

TYPES = {
    "index.html": "text/html; charset=utf-8",
    "assets/page.js": "text/javascript; charset=utf-8",
    "assets/page.css": "text/css; charset=utf-8",
    "assets/mark.svg": "image/svg+xml; charset=utf-8",
}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    for name in TYPES:
        (tmp_path / name).write_text("<p>x</p>")
    return tmp_path


async def test_every_file_says_its_type_its_letters_and_the_policy(
    settings: Settings, built: Path
) -> None:
    app = create_application(settings.model_copy(update={"web_dist": built}), [])
    async with client_of(app) as client:
        for name, kind in TYPES.items():
            answer = await client.get(f"/{name}")
            assert answer.headers["content-type"] == kind
            assert {each: answer.headers[each] for each in HEADERS} == HEADERS
        for odd in ("/assets/", "/assets/..%2findex.html", "/.git/config"):
            assert (await client.get(odd)).status_code == 404, odd


def test_the_policy_allows_no_inline_script_and_no_frame() -> None:
    rules = dict(
        rule.strip().split(" ", 1) for rule in HEADERS["content-security-policy"].split(";")
    )
    assert rules["script-src"] == rules["style-src"] == "'self'"
    for name in ("object-src", "base-uri", "frame-ancestors"):
        assert rules[name] == "'none'"
    assert rules["form-action"] == rules["default-src"] == "'self'"


def test_the_page_is_built_of_files_alone() -> None:
    page = (Path(__file__).parents[3] / "web" / "index.html").read_text()
    assert page.count("<script") == page.count('<script type="module" src=') == 1
    assert "<style" not in page
    assert " style=" not in page
