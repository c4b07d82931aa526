"""The formats an uploaded statement can have."""

from collections.abc import Callable
from typing import Literal

from metatron.platform.payments.statements import camt_file, csv_file, mt940_file
from metatron.platform.payments.statements.parsed import ParsedStatement

type StatementFormat = Literal["csv", "mt940", "camt053"]

LARGEST_FILE_BYTES = 4_194_304
_PARSERS: dict[StatementFormat, Callable[[bytes], ParsedStatement]] = {
    "csv": csv_file.parse,
    "mt940": mt940_file.parse,
    "camt053": camt_file.parse,
}


def parse_statement(raw: bytes, kind: StatementFormat) -> ParsedStatement:
    """Read an uploaded statement; takes processor time, so not in an event loop.

    Raises:
        StatementUnreadable: the file is not of this format; `errors` name the places.
        StatementFormatUnavailable: the library for it is not installed.
    """
    return _PARSERS[kind](raw)
