"""Dependencies that only gather what a request says, without a thread."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any


def gathered[Made](make: Callable[..., Made]) -> Callable[..., Coroutine[Any, Any, Made]]:
    """Return a dependency that makes a class's object of the parameters it names.

    Given the class itself, which is no coroutine, the framework would make each object in a
    thread, which takes longer than all else of such a request.
    """

    async def made(**values: Any) -> Made:
        return make(**values)

    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return made
