"""Rate limits: who is counted, against what, and what the answer says."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response

from metatron.kernel.context import Context, anonymous_context, system_context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import TooManyRequests
from metatron.kernel.http.access import Access, public, requires
from metatron.kernel.http.deprecation import deprecated
from metatron.kernel.http.routing import Router
from metatron.kernel.ids import new_id
from metatron.kernel.module import Module
from metatron.kernel.settings import Settings
from metatron.platform.gateway.limits import RateLimiter, network
from metatron.platform.gateway.windows import Limit, Windows
from tests.doorkeeper import application, client_of

PUBLIC, PRIVATE = Access("public", rate_class="public"), Access("permission", "a:b")


def ask(tier: str | None = None) -> Request:
    request = Request({"type": "http", "headers": [], "state": {}})
    if tier is not None:
        request.state.tier = tier
    return request


def limiter(**limits: tuple[int, int]) -> RateLimiter:
    return RateLimiter(Settings(rate_limits=limits))


def person(tenant: UUID | None = None, **changes: Any) -> Context:
    return replace(Context(tenant or new_id(), "user", new_id(), ip="198.51.100.1"), **changes)


def taken(guard: RateLimiter, context: Context, access: Access = PRIVATE, **more: Any) -> int:
    """How many calls pass before the first refusal."""
    count = 0
    while count < 100_000:
        try:
            guard.check(ask(more.get("tier")), access, context, now=more.get("now", 0.0))
        except TooManyRequests:
            return count
        count += 1
    return count


@pytest.mark.parametrize(("tier", "most"), [("enterprise", 1_000), ("pro", 500), ("free", 100)])
def test_an_application_is_limited_by_its_tier(tier: str, most: int) -> None:
    guard = RateLimiter(Settings())
    tenant = new_id()
    first = Context(tenant, "api_key", new_id(), application_id=new_id())
    second = replace(first, application_id=new_id())
    assert taken(guard, first, tier=tier) == most
    assert taken(guard, second, tier=tier) == most, "another application counts for itself"
    assert taken(guard, replace(first, tenant_id=new_id()), tier=tier) == most


def test_the_hour_is_limited_too() -> None:
    guard = RateLimiter(Settings())
    who = Context(new_id(), "api_key", new_id(), application_id=new_id())
    total = sum(taken(guard, who, now=minute * 60.0) for minute in range(0, 40, 2))
    assert total == 1_000


def test_a_tenant_as_a_whole_is_limited() -> None:
    guard = limiter(free=(3, 1_000))
    tenant = new_id()
    passed = sum(
        taken(guard, Context(tenant, "api_key", new_id(), application_id=new_id()))
        for _ in range(20)
    )
    assert passed == 30


def test_persons_and_addresses_count_for_themselves() -> None:
    guard = limiter(person=(5, 100), public=(3, 100), auth=(2, 100))
    tenant = new_id()
    assert taken(guard, person(tenant)) == 5
    assert taken(guard, person(tenant)) == 5
    here, there = anonymous_context(ip="203.0.113.1"), anonymous_context(ip="203.0.113.2")
    assert taken(guard, here, PUBLIC) == 3
    assert taken(guard, there, PUBLIC) == 3
    assert taken(guard, here, Access("public", rate_class="auth")) == 2
    assert taken(guard, here, Access("public", rate_class="unlimited")) == 100_000


def test_wrong_credentials_count_against_the_address() -> None:
    guard = limiter(public=(4, 100))
    assert taken(guard, anonymous_context(ip="203.0.113.1"), PRIVATE) == 4


def test_one_network_of_ipv6_counts_as_one() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("::ffff:203.0.113.5") == "203.0.113.5"
    assert network(None) == network("x'; drop") == "unknown"


def test_the_refusal_says_when_to_come_back_and_keeps_its_word() -> None:
    guard = limiter(person=(10, 1_000))
    who = person()
    assert taken(guard, who, now=30.0) == 10
    with pytest.raises(TooManyRequests) as refused:
        guard.check(ask(), PRIVATE, who, now=30.0)
    wait = int(refused.value.headers["Retry-After"])
    assert 30 < wait <= 60
    assert refused.value.headers["ratelimit-remaining"] == "0"
    with pytest.raises(TooManyRequests):
        guard.check(ask(), PRIVATE, who, now=30.0 + wait - 2)
    guard.check(ask(), PRIVATE, who, now=30.0 + wait)


def test_what_is_left_is_said() -> None:
    guard = limiter(person=(3, 1_000))
    who, seen = person(), []
    for _ in range(3):
        request = ask()
        guard.check(request, PRIVATE, who, now=0.0)
        headers = dict(request.scope["state"]["written_headers"])
        seen.append((headers[b"ratelimit-limit"], headers[b"ratelimit-remaining"]))
    assert seen == [(b"3", b"2"), (b"3", b"1"), (b"3", b"0")]
    assert headers[b"ratelimit-policy"] == b"3;w=60"


@given(gaps=st.lists(st.floats(0, 40), min_size=1, max_size=200), most=st.integers(1, 20))
def test_no_clock_minute_holds_more_than_the_limit(gaps: list[float], most: int) -> None:
    windows, now, passed = Windows(), 0.0, {}
    for gap in gaps:
        now += gap
        if not windows.hit([("x", (Limit(most, 60),))], now=now).refused:
            passed[int(now // 60)] = passed.get(int(now // 60), 0) + 1
    assert max(passed.values()) <= most


@given(most=st.integers(1, 50), start=st.floats(0, 1_000), spent=st.integers(0, 60))
def test_the_wait_is_true(most: int, start: float, spent: int) -> None:
    windows, limits = Windows(), [("x", (Limit(most, 60),))]
    for _ in range(spent):
        windows.hit(limits, now=start)
    verdict = windows.hit(limits, now=start)
    if verdict.refused:
        assert 1 <= verdict.wait_seconds <= 121
        assert not windows.hit(limits, now=start + verdict.wait_seconds + 0.001).refused


def test_memory_is_bounded() -> None:
    windows = Windows(remembered=100)
    for number in range(10_000):
        windows.hit([(f"caller {number}", (Limit(5, 60), Limit(50, 3_600)))], now=0.0)
    assert len(windows._known) == 100


router = Router()


@router.get("/open")
@public()
async def read_open() -> dict[str, bool]:
    return {"ok": True}


@router.get("/old")
@requires("a:b")
@deprecated(since=date(2026, 1, 1), sunset=date(2026, 9, 1), link="https://metatron.test/old")
async def read_old() -> Response:
    return Response(b"{}", media_type="application/json")


async def test_headers_reach_the_client(settings: Settings, database: Database) -> None:
    app = application(settings, database, [Module("t", "t", routers=(router,))])
    app.state.limiter = limiter(public=(2, 100))
    async with client_of(app) as client:
        answers = [await client.get("/api/v1/open") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].json()["code"] == "rate_limited"
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[2].headers["content-type"] == "application/problem+json"
    assert len(answers[2].headers.get_list("ratelimit-limit")) == 1


async def test_a_deprecated_route_says_so(settings: Settings, database: Database) -> None:
    app = application(settings, database, [Module("t", "t", routers=(router,))])
    app.state.gate.known["caller"] = replace(system_context(), permissions=frozenset({"a:b"}))
    async with client_of(app, "caller") as client:
        answer = await client.get("/api/v1/old")
        document = (await client.get("/api/v1/openapi.json")).json()
    assert answer.headers["deprecation"] == "@1767225600"
    assert answer.headers["sunset"] == "Tue, 01 Sep 2026 00:00:00 GMT"
    assert answer.headers["link"] == '<https://metatron.test/old>; rel="deprecation"'
    assert document["paths"]["/api/v1/old"]["get"]["deprecated"] is True


def test_less_than_six_months_notice_is_refused() -> None:
    with pytest.raises(AssertionError, match="six months"):
        deprecated(since=date(2026, 1, 1), sunset=date(2026, 5, 1))
