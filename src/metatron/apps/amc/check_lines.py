"""What `metatron amc check` prints of a check."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FOLLOWS_FROM_A_STAR = {"AMC008", "AMC014"}
"""Told of every column that a SELECT * stands for: one line about the star says it all."""


def lines_of(file: Path, text: str, checked: Any) -> Iterator[str]:
    """Yield the findings, what becomes of the columns, and the outcome in one line."""
    if not text.strip():
        yield f"{file}: the file is empty; write one SELECT into it"
        return
    findings = checked.report.findings
    if any(each.code == "AMC003" for each in findings):
        findings = [each for each in findings if each.code not in _FOLLOWS_FROM_A_STAR]
    else:
        yield from (f"{column.column}: {column.why}" for column in checked.forecast)
    for each in findings:
        at = each.span.lines(text)
        place = f"{file}:{at['start_line']}:{at['start_column']}"
        yield f"{place}: {each.severity} {each.code} {each.message}{_mend(each)}"
    yield _outcome(findings, is_refused=checked.refused)


def _mend(finding: Any) -> str:
    if finding.code == "AMC010":
        return " [give --param NAME:TYPE=VALUE]"
    return f" [{finding.fix.title}]" if finding.fix else ""


def _outcome(findings: list[Any], *, is_refused: bool) -> str:
    errors = sum(each.severity == "error" for each in findings)
    remarks = len(findings) - errors
    told = f"{errors} to mend" if errors else "nothing to mend"
    told += f", {remarks} to look at" if remarks else ""
    return f"AMC would {'refuse' if is_refused else 'take'} it: {told}"
