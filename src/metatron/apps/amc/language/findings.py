"""What a check finds: a code, where, why, and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlglot import exp

from metatron.apps.amc.language.places import place_of

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of the query's text."""

    start: int
    end: int

    def lines(self, text: str) -> dict[str, int]:
        """Return the range as an editor counts it (see `places`), the end exclusive."""
        start, end = place_of(text, self.start), place_of(text, self.end)
        return {
            "start_line": start.line,
            "start_column": start.column,
            "end_line": end.line,
            "end_column": end.column,
        }


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend an editor can apply: put `text` in place of the span."""

    title: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. An error means that AMC would refuse the query."""

    code: str
    severity: Severity
    message: str
    span: Span
    fix: Fix | None = None

    def as_json(self, text: str) -> dict[str, Any]:
        """Return it as an editor's marker."""
        told: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "range": self.span.lines(text),
            "fix": None,
        }
        if self.fix:
            told["fix"] = {
                "title": self.fix.title,
                "text": self.fix.text,
                "range": self.fix.span.lines(text),
            }
        return told


class Stopped(Exception):
    """Nobody waits for the findings any more."""


def never() -> bool:
    """Tell that somebody waits for the findings."""
    return False


@dataclass(slots=True)
class Report:
    """Collects findings; the same remark about the same place is kept once."""

    text: str = ""
    findings: list[Finding] = field(default_factory=list)
    is_stopped: Callable[[], bool] = never

    def go_on(self) -> None:
        """Raise `Stopped` when nobody waits any more; every loop over a query asks."""
        if self.is_stopped():
            raise Stopped

    def add(self, finding: Finding) -> None:
        """Keep `finding`."""
        self.go_on()
        if finding not in self.findings:
            self.findings.append(finding)

    def error(self, code: str, message: str, span: Span, fix: Fix | None = None) -> None:
        """Note what AMC would refuse."""
        self.add(Finding(code, "error", message, span, fix))

    def warning(self, code: str, message: str, span: Span, fix: Fix | None = None) -> None:
        """Note what would run but not as meant."""
        self.add(Finding(code, "warning", message, span, fix))

    @property
    def refused(self) -> bool:
        """Whether AMC would refuse the query."""
        return any(each.severity == "error" for each in self.findings)


def span_of(node: exp.Expr | None) -> Span:
    """Return where `node` stands, from the first to the last of its parts that know."""
    if node is None:
        return Span(0, 0)
    places = [part.meta for part in node.walk() if "start" in part.meta]
    if not places:
        return Span(0, 0)
    return Span(min(each["start"] for each in places), max(each["end"] for each in places) + 1)
