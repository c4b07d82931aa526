"""A query as AMC takes it: one line without comments, and the way back to the author's places."""

import re
from dataclasses import dataclass

from metatron.apps.amc.language.places import characters, place_of
from metatron.kernel.errors import InvalidInput

_QUOTES = "'\"`"
_PLACE = re.compile(r"line\s+(\d+)\s*[,:]?\s*(?:col(?:umn)?\.?\s*)?:?\s*(\d+)", re.IGNORECASE)
_CODE = re.compile(r"^(AMC\d{3}): ")


@dataclass(frozen=True, slots=True)
class OneLine:
    """The one line, and for each of its characters where it stood in the author's text."""

    text: str
    origins: tuple[int, ...]


def one_line(sql: str) -> OneLine:
    """Put a query on one line: comments and runs of white space become one blank.

    Texts and quoted names stay as they are.

    Raises:
        InvalidInput: a text or a quoted name has a line break or a tab in it, which AMC does not
            take, or does not end.
    """
    found: list[tuple[str, int]] = []
    at = 0
    while at < len(sql):
        if sql[at] in _QUOTES:
            end = _end_of_quoted(sql, at)
            found += [(sign, place) for place, sign in enumerate(sql[at:end], at)]
            at = end
        elif (end := _end_of_blank(sql, at)) > at:
            if found and found[-1][0] != " ":
                found.append((" ", at))
            at = end
        else:
            found.append((sql[at], at))
            at += 1
    while found and found[-1][0] in " ;":
        found.pop()
    return OneLine("".join(sign for sign, _ in found), tuple(place for _, place in found))


def _end_of_quoted(sql: str, start: int) -> int:
    quote, at = sql[start], start + 1
    while at < len(sql):
        if sql[at] in "\r\n\t":
            raise InvalidInput.field(
                "body.sql", "line_break_in_text", "AMC takes no line break or tab inside quotes."
            )
        if sql[at] == quote:
            if sql[at + 1 : at + 2] != quote:
                return at + 1
            at += 1
        at += 1
    raise InvalidInput.field("body.sql", "unclosed_text", "A quote is opened and never closed.")


def _end_of_blank(sql: str, start: int) -> int:
    """Return where white space and comments that begin at `start` end, if there are any."""
    at = start
    while at < len(sql):
        if sql[at].isspace():
            at += 1
        elif sql.startswith("--", at):
            end = re.compile(r"[\r\n]").search(sql, at)
            at = end.end() if end else len(sql)
        elif sql.startswith("/*", at):
            at = _end_of_comment(sql, at)
        else:
            break
    return at


def _end_of_comment(sql: str, start: int) -> int:
    depth, at = 0, start
    while at < len(sql):
        if sql.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif sql.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if depth == 0:
                return at
        else:
            at += 1
    raise InvalidInput.field("body.sql", "unclosed_comment", "A comment never ends.")


def sent_text(sql: str, marker: str) -> str:
    """Return what is sent: one line, and our marker behind it so that the run can be found again.

    Raises:
        InvalidInput: as `one_line`.
    """
    return f"{one_line(sql).text} /* {marker} */"


def problem_of(sql: str, reason: str) -> dict[str, int | str | None]:
    """Return AMC's words with the author's line and column, counted from 1, where AMC tells one."""
    line, column = None, None
    told = _PLACE.search(reason)
    if told and int(told[1]) == 1:
        sent = one_line(sql)
        # AMC's parser is of Java, whose columns are UTF-16 units as ours are.
        place = characters(sent.text, int(told[2]) - 1)
        if 0 <= place < len(sent.origins):
            found = place_of(sql, sent.origins[place])
            line, column = found.line, found.column
    return {"message": reason, "line": line, "column": column}


def code_in(reason: str) -> str | None:
    """Return the code of a finding that a reason begins with, as the local AMC words it."""
    found = _CODE.match(reason)
    return found[1] if found else None
