"""Reads files of ASINs and campaigns: CSV, tab or semicolon separated, columns by their names."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

type Subject = Literal["asins", "campaigns"]

ASIN = re.compile(r"[A-Z0-9]{10}")
MOST_PROBLEMS = 200
MOST_LINES = 500_000
_LONGEST = 500
_ON = frozenset({"", "active", "enabled", "true", "yes", "y", "1"})
_KINDS = {
    "sp": "SP", "sponsored products": "SP", "sponsoredproducts": "SP",
    "sb": "SB", "sponsored brands": "SB", "sponsoredbrands": "SB",
    "sd": "SD", "sponsored display": "SD", "sponsoreddisplay": "SD",
    "dsp": "DSP", "amazon dsp": "DSP",
}  # fmt: skip
COLUMNS: Mapping[Subject, Mapping[str, tuple[str, ...]]] = {
    "asins": {
        "asin": ("asin", "asin1", "child asin", "product id"),
        "title": ("title", "item name", "product name", "name"),
        "brand": ("brand", "brand name"),
        "marketplace": ("marketplace", "marketplace id", "country"),
        "active": ("active", "status", "state"),
    },
    "campaigns": {
        "campaign_id": ("campaign id", "campaignid", "id"),
        "name": ("campaign name", "name", "campaign"),
        "kind": ("type", "kind", "campaign type", "ad product", "product"),
        "state": ("state", "status"),
        "brand": ("brand", "brand name"),
    },
}
"""What a column may be called, in lower case, with blanks for `_` and `-`."""


@dataclass(slots=True)
class Parsed:
    """The rows that can be taken, and why others cannot: `{line, reason}`, the first 200."""

    rows: list[dict[str, str]] = field(default_factory=list)
    lines: int = 0
    refused: int = 0
    problems: list[dict[str, object]] = field(default_factory=list)

    def refuse(self, line: int, reason: str) -> None:
        """Note a line that is not taken."""
        self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append({"line": line, "reason": reason})


class Unreadable(ValueError):
    """The file as a whole cannot be read."""


def parse(content: bytes, subject: Subject) -> Parsed:
    """Read a file; the first line names the columns. Of two lines for one thing the last counts.

    Raises:
        Unreadable: no text, too many lines, or the column that identifies a row is missing.
    """
    lines = csv.reader(io.StringIO(_text(content), newline=""), delimiter=_delimiter(content))
    parsed, last = Parsed(), dict[tuple[str, ...], dict[str, str]]()
    read = _asin if subject == "asins" else _campaign
    try:
        places = _places(next(lines, []), subject)
        for cells in lines:
            parsed.lines += 1
            if parsed.lines > MOST_LINES:
                raise Unreadable(f"the file has more than {MOST_LINES:,} lines: send it in parts")
            if any(cell.strip() for cell in cells):
                _take(parsed, last, read, lines.line_num, dict(_named(places, cells)))
    except csv.Error as error:
        raise Unreadable(f"line {lines.line_num}: {error}") from error
    parsed.rows = list(last.values())
    return parsed


def _take(
    parsed: Parsed,
    last: dict[tuple[str, ...], dict[str, str]],
    read: Callable[[dict[str, str]], tuple[tuple[str, ...], dict[str, str]]],
    line: int,
    cells: dict[str, str],
) -> None:
    try:
        key, row = read(cells)
    except ValueError as error:
        parsed.refuse(line, str(error))
    else:
        last[key] = row


def _asin(cells: dict[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    asin = cells.get("asin", "").upper()
    if not ASIN.fullmatch(asin):
        raise ValueError(f"{asin[:40]!r} is no ASIN: ten letters and digits")
    active = "true" if cells.get("active", "").lower() in _ON else "false"
    return (asin,), {"title": "", "brand": "", "marketplace": ""} | cells | {
        "asin": asin, "active": active,
    }  # fmt: skip


def _campaign(cells: dict[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    number, kind = cells.get("campaign_id", ""), _KINDS.get(cells.get("kind", "").lower())
    if not number:
        raise ValueError("there is no campaign id")
    if kind is None:
        raise ValueError(f"{cells.get('kind', '')[:40]!r} is no type: SP, SB, SD or DSP")
    row = {"name": number, "state": "", "brand": ""} | cells | {"kind": kind}
    return (kind, number), row


def _named(places: dict[str, int], cells: list[str]) -> Iterator[tuple[str, str]]:
    for name, place in places.items():
        if place < len(cells):
            yield name, " ".join(cells[place].split()).replace("\x00", "")[:_LONGEST]


def _places(header: list[str], subject: Subject) -> dict[str, int]:
    known = {re.sub(r"[_\s-]+", " ", cell).strip().lower(): at for at, cell in enumerate(header)}
    places = {}
    for column, names in COLUMNS[subject].items():
        found = next((known[name] for name in names if name in known), None)
        if found is not None:
            places[column] = found
    needed = next(iter(COLUMNS[subject]))
    if needed not in places:
        raise Unreadable(f"the first line names no column {needed}")
    return places


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("the file is not text")


def _delimiter(content: bytes) -> str:
    first = content.partition(b"\n")[0].replace(b"\x00", b"")
    return max("\t", ";", ",", key=lambda sign: first.count(sign.encode()))
