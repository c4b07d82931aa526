"""The text catalogue: data per audience, and the doctrine's list of words it must not use."""

import re
import tomllib
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency

from metatron.kernel.money import minor_digits

FOLDER = Path(__file__).parent / "words"


@cache
def catalogue(name: str = "en") -> dict[str, Any]:
    """Return a part of the catalogue (`en`, `messages`, `doctrine`): its file, its folder."""
    found: dict[str, Any] = {}
    for path in [FOLDER / f"{name}.toml", *sorted((FOLDER / name).glob("*.toml"))]:
        _merge(found, tomllib.loads(path.read_text(encoding="utf-8")))
    return found


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict):
            _merge(into.setdefault(key, {}), value)
        else:
            assert key not in into, f"{key} stands twice in the catalogue"
            into[key] = value


def texts(path: str) -> dict[str, str]:
    """Return the texts under a path of the English catalogue: `member.move.released`."""
    return dict(_at(path))


@cache
def _at(path: str) -> dict[str, str]:
    found: Any = catalogue()
    for part in path.split("."):
        found = found[part]
    return dict(found)


def campaign_state_text(state: str, outcome: str | None) -> str:
    """Return what a member reads of a campaign's state; an unhappy end names its cause."""
    text = texts("member.state.campaign")[state]
    cause = texts("member.outcome").get(outcome or "")
    return f"{cause} {text}" if cause and state in {"failing", "failed"} else text


def commitment_state_text(state: str) -> str:
    """Return what a member reads of a commitment's state."""
    return texts("member.state.commitment")[state]


def show_units(units: int | None) -> str:
    """Return a number of units as people write it: "1 unit", "1,204 units"; nothing for none."""
    if units is None:
        return ""
    return f"{units:,} unit" if units == 1 else f"{units:,} units"


@lru_cache(maxsize=4_096)
def show_money(amount_minor: int, currency: str) -> str:
    """Return an amount as people write it."""
    digits = minor_digits(currency)
    whole, part = divmod(amount_minor, 10**digits)
    exact = f"{whole}.{part:0{digits}d}" if digits else str(whole)
    return str(format_currency(exact, currency, locale="en_GB"))


def show_instant(at: datetime, zone: str = "UTC") -> str:
    """Return a date and time with its zone, standing still: `21 November 2026, 18:00 UTC`."""
    shown = format_datetime(at, "d MMMM y, HH:mm", tzinfo=ZoneInfo(zone), locale="en_GB")
    return f"{shown} {zone}"


@cache
def _banned() -> re.Pattern[str]:
    doctrine = catalogue("doctrine")["banned"]
    words = [rf"\b{re.escape(word)}\b" for word in doctrine["words"]]
    return re.compile("|".join([*words, *doctrine["patterns"]]), re.IGNORECASE)


def banned_words_in(text: str) -> list[str]:
    """Return the words of `text` that no member may be addressed with."""
    for phrase in catalogue("doctrine")["allowed"]["phrases"]:
        text = re.sub(re.escape(phrase), " ", text, flags=re.IGNORECASE)
    # An identifier is read as its words: `purchase_order` has two.
    split = re.sub(r"[_/\-]|(?<=[a-z])(?=[A-Z])", " ", text)
    return sorted({found.group(0).lower() for found in _banned().finditer(f"{text}\n{split}")})


def named(title: str | None, reference: str) -> str:
    """Return how a campaign is called in one line: its title, else its reference."""
    return (title or reference)[:120]
