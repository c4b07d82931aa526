"""Calls between parts of the suite, counted in this process until somebody takes the figures.

A request costs one count more than its metrics do: its statements are added up beside its time,
and handed on here with it, by route. Whoever knows which module a route is of makes pairs of them.
"""

from contextvars import ContextVar
from dataclasses import dataclass

Pair = tuple[str, str]
"""Who calls whom: names of modules, or of what they lean on."""
STREAM = "stream"
DATABASE = "postgresql"


@dataclass(slots=True)
class Calls:
    """How many, how many of them failed, how long they took in seconds, and their statements."""

    calls: int = 0
    errors: int = 0
    seconds: float = 0.0
    statements: int = 0

    def add(self, other: "Calls") -> None:
        """Add another count to this one."""
        self.calls += other.calls
        self.errors += other.errors
        self.seconds += other.seconds
        self.statements += other.statements


class Statements:
    """How many statements the work in hand has sent to a database."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        """Begin at none."""
        self.count = 0


in_hand: ContextVar[Statements | None] = ContextVar("statements_in_hand", default=None)
_routes: dict[str, Calls] = {}
_pairs: dict[Pair, Calls] = {}


def count_statement() -> None:
    """Count one statement of the work in hand, if any is."""
    statements = in_hand.get()
    if statements is not None:
        statements.count += 1


def begin_work() -> Statements:
    """Begin to count the statements of a piece of work; returns what counts them."""
    statements = Statements()
    in_hand.set(statements)
    return statements


def observe_route(route: str, calls: Calls) -> None:
    """Add answered requests of a route."""
    _routes.setdefault(route, Calls()).add(calls)


def observe_pair(source: str, target: str, calls: Calls) -> None:
    """Add calls of one part by another."""
    _pairs.setdefault((source, target), Calls()).add(calls)


def take_routes() -> dict[str, Calls]:
    """Return what routes answered since the last time, and begin anew."""
    taken = dict(_routes)
    _routes.clear()
    return taken


def take_pairs() -> dict[Pair, Calls]:
    """Return who called whom since the last time, and begin anew."""
    taken = dict(_pairs)
    _pairs.clear()
    return taken
