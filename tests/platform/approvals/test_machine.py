"""Random histories against a model: two people, one decision, one effect, nothing edited."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as bounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from metatron.kernel.context import Context
from metatron.kernel.database.database import Database
from metatron.kernel.errors import DomainError
from metatron.kernel.settings import Settings
from metatron.platform.approvals.payloads import hash_of
from tests.platform.approvals.office import Office

WHO = st.integers(0, 3)
WHICH = st.integers(0, 30)
SUBJECT = st.integers(0, 2)


class ApprovalsAgainstModel(RuleBasedStateMachine):
    """`run` and `database` are set by the test. Person 3 is an operator who poses as person 0."""

    run: Callable[[Any], Any]
    database: Database

    @initialize()
    def open_office(self) -> None:
        self.office = Office(self.database)
        self.people = [self.office.person() for _ in range(4)]
        self.subjects = [UUID(int=7 << 76 | 2 << 62 | number) for number in range(3)]
        self.model: dict[UUID, dict[str, Any]] = {}

    def _as(self, who: int, *, posing: bool) -> tuple[Context, set[UUID | None]]:
        context = self.people[who]
        if not posing:
            return context, {context.actor_id}
        operator = self.people[3].actor_id
        return replace(self.people[0], impersonator_id=operator), {
            self.people[0].actor_id,
            operator,
        }

    def _try(self, attempt: Any) -> Any:
        try:
            return self.run(attempt)
        except DomainError as refusal:
            return refusal.code

    def _pick(self, which: int) -> tuple[UUID, dict[str, Any]] | None:
        ids = list(self.model)
        return None if not ids else (ids[which % len(ids)], self.model[ids[which % len(ids)]])

    @rule(who=WHO, posing=st.sampled_from([True, False, None]), subject=SUBJECT,
          units=st.integers(1, 2), refuse=st.booleans())  # fmt: skip
    def ask(self, who: int, posing: bool | None, subject: int, units: int, refuse: bool) -> None:
        """Ask as oneself, posing as somebody, or (None) as the rules themselves."""
        context, people = self._as(who, posing=bool(posing))
        if posing is None:
            context, people = self.office.system, set()
        payload = {"units": units} | ({"refuse": True} if refuse else {})
        asked = self.run(
            self.office.ask(context, subject_id=self.subjects[subject], payload=payload)
        )
        same = [
            key
            for key, each in self.model.items()
            if each["state"] == "requested"
            and (each["subject"], each["payload"]) == (subject, payload)
        ]
        if same and self.model[same[0]]["expires_at"] > self.office.now:
            assert [asked.id] == same
            return
        for key in same:
            self.model[key]["state"] = "expired"
        assert asked.id not in self.model
        self.model[asked.id] = {
            "state": "requested", "people": people, "subject": subject, "payload": payload,
            "expires_at": asked.expires_at, "decided_by": None, "agreed_by": None,
        }  # fmt: skip

    @rule(who=WHO, posing=st.booleans(), which=WHICH, agree=st.booleans())
    def decide(self, who: int, posing: bool, which: int, agree: bool) -> None:
        picked = self._pick(which)
        if picked is None:
            return
        key, known = picked
        context, people = self._as(who, posing=posing)
        outcome = self._try((self.office.approve if agree else self.office.reject)(context, key))
        if posing:
            assert outcome == "person_needed"
        elif people & known["people"]:
            assert outcome == "same_person"
        elif known["state"] != "requested":
            assert outcome == "approval_closed"
        elif known["expires_at"] <= self.office.now:
            assert outcome == "approval_expired"
        elif agree and known["agreed_by"] == context.actor_id:
            assert outcome == "same_person"
        elif agree and not known["people"] and known["agreed_by"] is None:
            known["agreed_by"] = context.actor_id
            assert (outcome.state, outcome.agreed_by) == ("requested", context.actor_id)
        elif agree and known["payload"].get("refuse"):
            assert outcome == "nothing_left"
        else:
            known["state"] = "approved" if agree else "rejected"
            known["decided_by"] = context.actor_id
            assert outcome.state == known["state"]

    @rule(who=WHO, posing=st.booleans(), which=WHICH)
    def withdraw(self, who: int, posing: bool, which: int) -> None:
        picked = self._pick(which)
        if picked is None:
            return
        key, known = picked
        context, people = self._as(who, posing=posing)
        outcome = self._try(self.office.withdraw(context, key))
        if not people & known["people"]:
            assert outcome == "not_requester"
        elif known["state"] != "requested":
            assert outcome == "approval_closed"
        else:
            known["state"] = "withdrawn"

    @rule(which=WHICH)
    def expire(self, which: int) -> None:
        picked = self._pick(which)
        if picked is None:
            return
        key, known = picked
        due = known["state"] == "requested" and known["expires_at"] <= self.office.now
        assert self.run(self.office.expire(key)) == due
        if due:
            known["state"] = "expired"

    @rule(hours=st.sampled_from([1, 24, 72]))
    def wait(self, hours: int) -> None:
        self.office.now += timedelta(hours=hours)

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        for key, known in self.model.items():
            row = self.run(self.office.row(key))
            assert (row.state, dict(row.payload)) == (known["state"], known["payload"])
            assert bytes(row.payload_hash) == hash_of(known["payload"])
            if known["decided_by"] is not None:
                assert row.decided_by == known["decided_by"]
                assert row.decided_by not in known["people"]
            assert row.agreed_by == known["agreed_by"]
            if row.state == "approved" and not known["people"]:
                assert row.agreed_by not in {None, row.decided_by}
        approved = sorted(str(key) for key, each in self.model.items()
                          if each["state"] == "approved")  # fmt: skip
        assert self.run(self.office.deeds()) == approved


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as running:
        yield running


def test_approvals_agree_with_the_model(runner: asyncio.Runner, settings: Settings) -> None:
    database = runner.run(Database.open(settings))
    try:
        ApprovalsAgainstModel.run = staticmethod(runner.run)
        ApprovalsAgainstModel.database = database
        run_state_machine_as_test(
            ApprovalsAgainstModel,
            settings=bounds(
                max_examples=40, stateful_step_count=25, deadline=None, database=None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )  # fmt: skip
    finally:
        runner.run(database.close())
