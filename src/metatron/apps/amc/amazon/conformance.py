"""Asks an AMC what Amazon's texts leave open or say in two ways, and notes its answers.

Queries run dry, workflows have names of their own and are deleted again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from metatron.apps.amc.amazon import small_questions as small
from metatron.apps.amc.amazon.client import Scope
from metatron.apps.amc.amazon.errors import AmazonError, AmazonRefused
from metatron.apps.amc.amazon.probing import DAY, QUERY, Probe, of_length
from metatron.apps.amc.amazon.wire import Wire

LENGTHS = (1_024, 1_025, 10_000, 51_200, 51_201, 99_000)
"""Of the limits that are told of: 1,024 characters, 50 KB, none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an AMC answered to a question; `said` holds its own words, where it refused."""

    name: str
    question: str
    answer: str
    said: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as one row of a report."""
        return asdict(self)


type Question = tuple[str, Callable[[], Awaitable[tuple[str, str]]]]


class Asker:
    """Asks about one instance."""

    def __init__(self, wire: Wire, scope: Scope, *, look_seconds: float) -> None:
        """Prepare; nothing is sent."""
        self._probe = Probe(wire, scope, look_seconds=look_seconds)

    async def replies(self) -> list[Reply]:
        """Ask everything, one question after the other."""
        found = []
        for name, (question, ask) in self._questions().items():
            try:
                answer, said = await ask()
            except AmazonError as error:
                answer, said = "not known", str(error)
            found.append(Reply(name, question, answer, said))
        return found

    def _questions(self) -> dict[str, Question]:
        return self._of_length_and_form() | self._small()

    def _small(self) -> dict[str, Question]:
        async def save(body: dict[str, Any]) -> None:
            await self._probe.delete(await self._probe.save({"sqlQuery": QUERY, **body}))

        async def run(body: dict[str, Any]) -> None:
            await self._probe.run({"workflow": {"sqlQuery": QUERY}, "dryRun": True, **body})

        found: dict[str, Question] = {}
        for name, body in small.WORKFLOWS.items():
            asked = f"Is a workflow taken: {_spoken(name)}?"
            found[f"workflow_{name}"] = asked, partial(_taken, save, body)
        for name, body in small.RUNS.items():
            asked = f"Is a run taken: {_spoken(name)}?"
            found[f"run_{name}"] = asked, partial(_taken, run, body)
        for name, sql in small.QUERIES.items():
            found[f"sql_{name}"] = f"Does it run: {sql}", partial(self._dry, sql)
        for name, (path, query) in small.READS.items():
            asked = f"Is it answered: {path} {query or ''}".strip()
            found[f"read_{name}"] = asked, partial(_taken, self._probe.read, path, query)
        return found

    def _of_length_and_form(self) -> dict[str, Question]:
        return {
            "ad_hoc_sql_length": (
                "How long may the SQL of a run without a workflow be?", self._ad_hoc_length,
            ),
            "workflow_sql_length": (
                "How long may the SQL of a workflow be?", self._workflow_length,
            ),
            "user_count_column": (
                "Does a workflow take distinctUserCountColumn?", self._user_count_column,
            ),
            "cancel_by_put": (
                "Does PUT with status CANCELLED cancel a run?", lambda: self._cancel("PUT"),
            ),
            "cancel_by_delete": ("Does DELETE cancel a run?", lambda: self._cancel("DELETE")),
            "undeclared_parameter": (
                "When is an undeclared CUSTOM_PARAMETER refused?", self._undeclared,
            ),
            "window_with_z": ("Is a time window that ends in Z taken?", self._zulu),
            "limit": ("Is LIMIT taken?", lambda: self._dry(f"{QUERY} LIMIT 10")),
            "order_of_output": (
                "Is ORDER BY outside of a window taken?", lambda: self._dry(f"{QUERY} ORDER BY n"),
            ),
        }  # fmt: skip

    async def _ad_hoc_length(self) -> tuple[str, str]:
        async def send(sql: str) -> None:
            await self._probe.run({"workflow": {"sqlQuery": sql}, "dryRun": True})

        return await self._longest(send)

    async def _workflow_length(self) -> tuple[str, str]:
        async def send(sql: str) -> None:
            await self._probe.delete(await self._probe.save({"sqlQuery": sql}))

        return await self._longest(send)

    async def _longest(self, send: Callable[[str], Awaitable[None]]) -> tuple[str, str]:
        taken = 0
        for length in LENGTHS:
            try:
                await send(of_length(length))
            except AmazonRefused as error:
                return f"{taken:,} is taken, {length:,} is not", error.details
            taken = length
        return f"{taken:,} is taken", ""

    async def _user_count_column(self) -> tuple[str, str]:
        try:
            await self._probe.delete(
                await self._probe.save({"sqlQuery": QUERY, "distinctUserCountColumn": "users"})
            )
        except AmazonRefused as error:
            return "no", error.details
        return "yes", ""

    async def _cancel(self, method: str) -> tuple[str, str]:
        execution_id = await self._probe.run({"workflow": {"sqlQuery": QUERY}})
        try:
            await self._probe.cancel(method, execution_id)
        except AmazonRefused as error:
            return "no", f"{error.status}: {error.details}"
        status, _ = await self._probe.ended(execution_id)
        return ("yes" if status == "CANCELLED" else f"taken, and then {status}"), ""

    async def _undeclared(self) -> tuple[str, str]:
        sql = f"{QUERY} WHERE campaign = CUSTOM_PARAMETER('not_declared')"
        try:
            workflow_id = await self._probe.save({"sqlQuery": sql})
        except AmazonRefused as error:
            return "when the workflow is saved", error.details
        try:
            status, reason = await self._probe.ended(
                await self._probe.run({"workflowId": workflow_id})
            )
        except AmazonRefused as error:
            return "when it is run", error.details
        finally:
            await self._probe.delete(workflow_id)
        return ("never" if status == "SUCCEEDED" else "by the run"), reason

    async def _zulu(self) -> tuple[str, str]:
        window = {name: f"{each}Z" if "Type" not in name else each for name, each in DAY.items()}
        try:
            await self._probe.run({"workflow": {"sqlQuery": QUERY}, "dryRun": True, **window})
        except AmazonRefused as error:
            return "no", error.details
        return "yes", ""

    async def _dry(self, sql: str) -> tuple[str, str]:
        try:
            ended = await self._probe.ended(
                await self._probe.run({"workflow": {"sqlQuery": sql}, "dryRun": True})
            )
        except AmazonRefused as error:
            return "no", error.details
        return ("yes" if ended[0] == "SUCCEEDED" else "no"), ended[1]


async def _taken(call: Callable[..., Awaitable[None]], *asked: Any) -> tuple[str, str]:
    try:
        await call(*asked)
    except AmazonRefused as error:
        return f"no, {error.status}", error.details
    return "yes", ""


def _spoken(name: str) -> str:
    return name.replace("_", " ")
