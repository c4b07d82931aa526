"""What the micro-batcher promises whoever sends batches; the ledger tests it with a database."""

import asyncio
import time

import pytest

from metatron.kernel.errors import Busy, DomainError, InvalidInput
from metatron.kernel.micro_batcher import Limits, MicroBatcher, Traits


class Sent:
    """Answers each item with its double, and remembers the batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.began: list[float] = []

    async def __call__(self, key: str, items: list[int]) -> list[int | Exception]:
        self.batches.append(list(items))
        self.began.append(time.monotonic())
        await asyncio.sleep(0)
        if len(items) > 1 and 666 in items:
            raise RuntimeError("one of them cannot be done")
        if 503 in items:
            raise Busy
        if 666 in items:
            raise InvalidInput
        return [InvalidInput() if item < 0 else 2 * item for item in items]


def by_ten(item: int) -> tuple[int]:
    return (item // 10,)


async def test_each_has_its_own_answer_or_refusal() -> None:
    sent = Sent()
    batcher: MicroBatcher[str, int, int] = MicroBatcher(sent)
    answers = await asyncio.gather(
        *(batcher.submit("a", item) for item in (1, -1, 3)), return_exceptions=True
    )
    assert (answers[0], answers[2]) == (2, 6)
    assert isinstance(answers[1], InvalidInput)
    assert sent.batches == [[1, -1, 3]]


async def test_claims_keep_items_apart_and_in_sequence() -> None:
    sent = Sent()
    batcher: MicroBatcher[str, int, int] = MicroBatcher(sent, traits=Traits(claims=by_ten))
    await asyncio.gather(*(batcher.submit("a", item) for item in (11, 21, 12, 13, 31, 22)))
    assert sent.batches == [[11, 21, 31], [12, 22], [13]]


async def test_one_that_fails_is_found_by_itself() -> None:
    sent = Sent()
    batcher: MicroBatcher[str, int, int] = MicroBatcher(sent)
    answers = await asyncio.gather(
        *(batcher.submit("a", item) for item in (1, 666, 2)), return_exceptions=True
    )
    assert (answers[0], answers[2]) == (2, 4)
    assert isinstance(answers[1], InvalidInput)
    assert sent.batches == [[1, 666, 2], [1], [666], [2]]


async def test_what_is_nobodys_fault_is_not_tried_for_each() -> None:
    sent = Sent()
    batcher: MicroBatcher[str, int, int] = MicroBatcher(sent)
    answers = await asyncio.gather(
        *(batcher.submit("a", item) for item in (1, 503)), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [Busy, Busy]
    assert sent.batches == [[1, 503]]


async def test_under_load_batches_keep_their_pace_and_one_alone_goes_at_once() -> None:
    sent = Sent()
    pace = 0.1
    batcher: MicroBatcher[str, int, int] = MicroBatcher(
        sent, limits=Limits(flush_seconds=0.001, pace_seconds=pace)
    )
    await batcher.submit("a", 1)
    await asyncio.gather(*(batcher.submit("a", item) for item in range(2, 9)))
    assert sent.batches == [[1], [2, 3, 4, 5, 6, 7, 8]]
    assert sent.began[1] - sent.began[0] >= 0.99 * pace
    await batcher.close()
    with pytest.raises(DomainError):
        await batcher.submit("a", 1)
