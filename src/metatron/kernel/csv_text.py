"""CSV (RFC 4180) that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

_FORMULA = (*"=+-@\t\r\n|%", *"\uff1d\uff0b\uff0d\uff20")
"""The last four are the wide forms, which some spreadsheets read as the plain ones."""


def harmless(value: Any) -> Any:
    """Return a cell that a spreadsheet shows as it stands instead of running it.

    Numbers stay numbers; a text that begins like a formula gets an apostrophe in front.
    """
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    text = str(value)
    # Spreadsheets skip blanks before a formula.
    runs = text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA)
    return "'" + text if runs else text


def csv_lines(rows: Iterable[Sequence[Any]]) -> bytes:
    """Return rows as CSV in UTF-8, every cell made harmless."""
    text = io.StringIO()
    csv.writer(text).writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode()
