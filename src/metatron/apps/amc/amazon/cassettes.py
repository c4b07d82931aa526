"""Cassettes: what a client and an AMC said to each other, call by call, without whom it was about.

A file of JSON lines, one exchange a line. Recorded of a real AMC it tells what its contract looks
like; held against one of the local AMC it tells where the two differ.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import httpx
import orjson

from metatron.apps.amc.amazon.pseudonyms import WORDS, Pseudonyms, form

_LISTED = frozenset({"dataSources", "instances", "schedules", "workflowExecutions", "workflows"})
_KINDS = {bool: "true or false", int: "number", float: "number", type(None): "null"}
RECORDED = "/amc/"
"""Only calls below this: no token's, and no result's."""


class NoCassette(ValueError):
    """A file that is no recording."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call and its answer; `step` is what it was made for, `operation` its method and address."""

    step: str
    operation: str
    query: dict[str, Any]
    sent: Any
    status: int
    media: str
    told: Any


class Recorder:
    """Listens to an HTTP client; what it hears is kept under pseudonyms only."""

    def __init__(self) -> None:
        """Begin with an empty cassette."""
        self._step = ""
        self.exchanges: list[Exchange] = []
        self._pseudonyms = Pseudonyms()

    def begin(self, step: str) -> None:
        """Name what the next calls are made for."""
        self._step = step

    def listen(self, http: httpx.AsyncClient) -> None:
        """Hear every answer that comes to this client from now on."""
        http.event_hooks["response"].append(self._hear)

    async def _hear(self, answer: httpx.Response) -> None:
        request = answer.request
        if not request.url.path.startswith(RECORDED):
            return
        await answer.aread()
        of = self._pseudonyms.of
        heard = Exchange(
            self._step,
            f"{request.method} {template(request.url.path)}",
            of(dict(request.url.params)),
            _one_of_each(of(_document(request.content))),
            answer.status_code,
            answer.headers.get("content-type", "").partition(";")[0],
            _one_of_each(of(_document(answer.content))),
        )
        # Waiting for an end asks the same again and again.
        if not self.exchanges or self.exchanges[-1] != heard:
            self.exchanges.append(heard)


def template(path: str) -> str:
    """Return an address with names in the places of ids."""
    found: list[str] = []
    for each in path.split("/"):
        before = found[-1] if found else ""
        instance = before == "reporting"
        found.append("{instanceId}" if instance else "{id}" if before in _LISTED else each)
    return "/".join(found)


def written(exchanges: Iterable[Exchange]) -> bytes:
    """Return a cassette's bytes."""
    return b"".join(orjson.dumps(asdict(each)) + b"\n" for each in exchanges)


def read(cassette: bytes) -> list[Exchange]:
    """Return what is on a cassette; raises `NoCassette`."""
    try:
        return [Exchange(**orjson.loads(line)) for line in cassette.splitlines()]
    except (orjson.JSONDecodeError, TypeError) as error:
        raise NoCassette("it is no cassette") from error


def differences(ours: Iterable[Exchange], theirs: Iterable[Exchange]) -> list[str]:
    """Return a line for each thing that one side says, and the other does not.

    Numbers of entries and words of the contract, which depend on the moment, are left out.
    """
    here, there = _said(ours), _said(theirs)
    return [
        f"{place}: {', '.join(sorted(here.get(place, ()))) or 'not here'}; "
        f"there {', '.join(sorted(there.get(place, ()))) or 'not at all'}"
        for place in sorted(here.keys() | there.keys())
        if here.get(place) != there.get(place)
    ]


def _said(exchanges: Iterable[Exchange]) -> dict[str, set[str]]:
    """Return the forms of everything answered, by step, operation, status and field."""
    found: dict[str, set[str]] = {}
    for each in exchanges:
        begin = f"{each.step}: {each.operation}"
        found.setdefault(f"{begin} is answered", set()).add(str(each.status))
        for place, kind in _fields(each.told, ""):
            found.setdefault(f"{begin} {each.status} {place or 'nothing'}", set()).add(kind)
    return found


def _one_of_each(told: Any) -> Any:
    """Shorten lists to one entry of each form: thousands of columns say no more."""
    if isinstance(told, dict):
        return {name: _one_of_each(each) for name, each in told.items()}
    if not isinstance(told, list):
        return told
    seen: dict[Any, Any] = {}
    for each in map(_one_of_each, told):
        seen.setdefault(frozenset(_fields(each, "", words=True)), each)
    return list(seen.values())


def _fields(told: Any, place: str, *, words: bool = False) -> Iterator[tuple[str, str]]:
    if isinstance(told, dict):
        for name, each in told.items():
            yield from _fields(each, f"{place}.{name}" if place else name, words=words)
    elif isinstance(told, list):
        yield f"{place}[]", "list"
        for each in told:
            yield from _fields(each, f"{place}[]", words=words)
    elif not isinstance(told, str):
        yield place, _KINDS[type(told)]
    else:
        yield place, told if words and place.rpartition(".")[2] in WORDS else form(told)


def _document(content: bytes) -> Any:
    if not content:
        return None
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return "no JSON"
