"""AMC takes a query as one line without tabs; what we keep has lines and remarks."""

import re

# Texts, quoted names and remarks, in the order in which they can begin.
_PART = re.compile(
    r"""(?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`)"""
    r"""|(?P<remark>--[^\n\r]*)|(?P<block>/\*.*?\*/)|(?P<space>\s+)""",
    re.DOTALL,
)


class NotOneLine(ValueError):
    """A text in the query holds a line break or a tab, which AMC does not take."""


def one_line(sql: str) -> str:
    """Return `sql` as one line that means the same; remarks to the end of a line are dropped.

    Raises:
        NotOneLine: a text or a quoted name holds a line break or a tab.
    """
    return _PART.sub(_shortened, sql).strip()


def _shortened(found: re.Match[str]) -> str:
    part = found[0]
    if found["text"]:
        if any(each in part for each in "\n\r\t"):
            raise NotOneLine("AMC takes no line break and no tab inside a text of the query")
        return part
    if found["block"]:
        return re.sub(r"\s+", " ", part)
    return " "
