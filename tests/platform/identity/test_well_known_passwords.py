"""What grows from the list is refused, over a hundred thousand of them; nothing else is."""

import secrets
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metatron.kernel.errors import DomainError
from metatron.platform.identity.password_policy import LONGEST, SHORTEST, check_password
from metatron.platform.identity.well_known_passwords import common_passwords, is_well_known

LEET = (str.maketrans("aeosi", "@305!"), str.maketrans("aeostl", "430571"))
STEMS = sorted(word for word in common_passwords() if word.isascii() and word.isalpha())
AFTER = ("1", "123", "2024", "1999!", "!!", "@123", "#1", "007")
UNRELATED = "anvil orchid lantern gravel timber velvet walnut zephyr marble harbour canyon ribbon"


def grown(stem: str) -> Iterator[str]:
    """The ways people make a stem into a password of its own."""
    yield from (stem, stem.upper(), stem.title(), stem.swapcase())
    yield from (stem.capitalize() + tail for tail in AFTER)
    yield from (f"{year}{stem}" for year in range(1990, 2030))
    yield from (stem[::-1], stem[::-1] + "2025", stem * 2, stem.capitalize() * 2, stem * 3)
    yield from (f"{stem}-{stem}", f"{stem}.{stem}1", f"{stem[:3]}2024{stem[3:]}")
    for spelling in LEET:
        plain = stem.translate(spelling)
        yield from (plain, f"{plain}99", f"!{plain}!", f"{plain}{plain}")


def acceptable(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST


def test_far_more_are_refused_than_stand_on_the_list() -> None:
    tried = {text for stem in STEMS for text in grown(stem) if acceptable(text)}
    missed = [text for text in tried if not is_well_known(text.casefold())]
    assert not missed, missed[:20]
    assert len(tried) > 100_000
    assert len(common_passwords()) > 6_000


@given(
    stem=st.sampled_from(STEMS),
    case=st.sampled_from([str.upper, str.lower, str.title, str.swapcase]),
    spelling=st.sampled_from([None, *LEET]),
    reverse=st.booleans(),
    times=st.integers(1, 3),
    before=st.text("0123456789!#*", max_size=4),
    after=st.text("0123456789!#*", max_size=8),
)
def test_any_mixture_of_the_ways_is_refused(  # noqa: PLR0917 - what Hypothesis draws
    stem: str, case: object, spelling: object, reverse: bool, times: int, before: str, after: str
) -> None:
    text = stem[::-1] if reverse else stem
    text = case(text) * times  # type: ignore[operator]
    if spelling is not None:
        text = text.translate(spelling)
    text = before + text + after
    if acceptable(text):
        with pytest.raises(DomainError):
            check_password(text)


@pytest.mark.parametrize(
    "walk",
    [
        "qwertyuiopas", "1qaz2wsx3edc", "zaq12wsxcde3", "poiuytrewqlk", "asdfghjkl;'#",
        "qwertzuiopasdf", "azertyuiopqs", "1q2w3e4r5t6y", "mnbvcxzlkjhg",
    ],
)  # fmt: skip
def test_walks_over_the_keyboard_are_refused(walk: str) -> None:
    assert is_well_known(walk)


@given(st.lists(st.sampled_from(UNRELATED.split()), min_size=3, max_size=5, unique=True))
def test_phrases_of_other_words_are_taken(words: list[str]) -> None:
    for between in (" ", "-", ""):
        assert check_password(between.join(words))


def test_what_a_generator_makes_is_taken() -> None:
    for _ in range(2_000):
        assert check_password(secrets.token_urlsafe(12))
