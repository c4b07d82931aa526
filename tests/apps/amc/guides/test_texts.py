"""What every guide must have: text, queries that pass the check, fresh sample rows, plain words."""

import re
from pathlib import Path

import pytest

from metatron.apps.amc.declarations import declared_types
from metatron.apps.amc.guides import reading, sampling
from metatron.apps.amc.guides.guide import Guide
from metatron.apps.amc.guides.reading import guides
from metatron.apps.amc.language.checking import Checking, check
from tests.apps.amc.conftest import Local

TEXTS = Path(reading.__file__).with_name("texts")
EVERY = list(guides().values())
LOUD = re.compile(
    r"\b(powerful|unlock|leverage|seamless|boost|game.changing|insights?|simply the best|delve"
    r"|cutting.edge|robust|supercharge|revolution\w*|effortless\w*)\b|!",
    re.IGNORECASE,
)
AMERICAN = re.compile(
    r"\b(color|behavior|analyze|organize|optimize|favorite|center)\w*", re.IGNORECASE
)


def test_there_are_enough_of_them() -> None:
    assert len(EVERY) >= 26
    assert sum(len(each.queries) for each in EVERY) >= 30
    assert len({each.category for each in EVERY}) >= 5
    assert {each.difficulty for each in EVERY} == {"beginner", "intermediate", "advanced"}
    titles = [query.title for each in EVERY for query in each.queries]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("guide", EVERY, ids=lambda guide: guide.slug)
def test_a_guide_teaches(guide: Guide) -> None:
    texts = [each for each in guide.sections if each.kind == "text"]
    assert 1 <= len(guide.queries) <= 3
    assert len(texts) >= 3
    assert guide.sections[-1].kind == "glossary"
    keys = [each.key for each in guide.sections]
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,99}", key) for key in [*keys, guide.slug])
    words = " ".join(each.markdown for each in texts).split()
    assert len(words) >= 100, "too short to teach anything"
    assert 5 <= guide.minutes <= 30
    written = "\n".join(each.markdown for each in guide.sections) + guide.summary + guide.title
    assert not LOUD.search(written), LOUD.search(written)
    # Names of columns may be American; they stand in code or in capitals.
    assert not AMERICAN.search(re.sub(r"`[^`]*`", "", written))
    files = {each.stem for each in (TEXTS / guide.slug).glob("*.sql")}
    assert files == {each.key for each in guide.queries}


@pytest.mark.parametrize("guide", EVERY, ids=lambda guide: guide.slug)
def test_its_queries_pass_the_check(guide: Guide) -> None:
    for query in guide.queries:
        against = Checking(
            declared_types(query.parameters), query.values, sampling.WINDOW, sampling.NOW
        )
        checked = check(query.sql, against)
        assert not checked.report.findings, (query.key, checked.report.findings)
        assert set(query.values) == {each.name for each in query.parameters}


def test_sample_rows_are_fresh(local: Local) -> None:
    made = sampling.samples(EVERY, local.folder)
    for guide in EVERY:
        kept = (TEXTS / guide.slug / reading.SAMPLE).read_text("utf-8")
        assert kept == sampling.as_text(made[guide.slug]), (
            f"run `metatron amc guides`: {guide.slug}"
        )
        for query in guide.queries:
            assert query.sample is not None
            assert query.sample["rows"], (guide.slug, query.key)
