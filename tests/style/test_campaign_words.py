"""The language doctrine: what members read, and the names the API shows them, hold to its words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metatron.apps.campaigns.machine import messages
from metatron.apps.campaigns.machine.rest import FACTS, rest_places
from metatron.apps.campaigns.machine.transitions import STEPS, TERMINAL, states_of
from metatron.apps.campaigns.module import MODULE
from metatron.apps.campaigns.wording import FOLDER, banned_words_in, catalogue, texts
from metatron.kernel.http.application import create_application
from metatron.kernel.settings import Settings

ROOT = Path(__file__).parents[2]


def texts_in(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from texts_in(value, f"{path}.{key}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from texts_in(value, f"{path}[{number}]")


def member_texts() -> Iterator[tuple[str, str]]:
    yield from texts_in(catalogue()["member"], "en.member")
    yield from texts_in(catalogue("messages")["member"], "messages.member")
    yield from texts_in(catalogue("messages")["later"], "messages.later")
    yield from texts_in(catalogue("messages")["facts"], "messages.facts")
    yield from texts_in(catalogue("messages")["rest"], "messages.rest")
    for template in messages.templates():
        if template.name.endswith((".member", ".later", ".shares")):
            yield template.name, f"{template.subject}\n{template.text}"
    for machine, steps in STEPS.items():
        for step in steps:
            place = f"{machine}.{step.name}"
            yield place, " ".join([step.label, step.guard, step.effect, step.money_effect or ""])


def names_in_openapi() -> Iterator[tuple[str, str]]:
    document = create_application(Settings(), [MODULE]).openapi()
    for path, methods in document["paths"].items():
        yield path, path
        for method, operation in methods.items():
            place = f"{method} {path}"
            yield place, f"{operation['operationId']} {operation.get('summary', '')}"
            yield place, operation.get("description", "")
            for parameter in operation.get("parameters", []):
                yield place, parameter["name"]
    for name, schema in document["components"]["schemas"].items():
        yield name, f"{name} {schema.get('description', '')}"
        for field in schema.get("properties", {}):
            yield f"{name}.{field}", field


def test_members_are_never_addressed_in_banned_words() -> None:
    found = {place: words for place, text in member_texts() if (words := banned_words_in(text))}
    assert not found, f"use the doctrine's words (words/doctrine.toml) instead: {found}"


def test_the_page_and_the_doctrine_ban_the_same_words() -> None:
    """The page's own test reads its list: neither may know a word that the other lets pass."""
    page = json.loads((ROOT / "web/tests/data/banned-words.json").read_text())
    endings = r"(?:s|es|ed|ing)?(?![\w-])"
    found_by_page = re.compile(
        "|".join(
            [*(rf"\b{re.escape(word)}{endings}" for word in page["banned"]), *page["patterns"]]
        ),
        re.IGNORECASE,
    )
    ours = catalogue("doctrine")["banned"]["words"]
    assert [word for word in ours if not found_by_page.search(word)] == []
    assert [word for word in page["banned"] if not banned_words_in(word)] == []


def test_the_api_is_named_in_the_doctrines_words() -> None:
    found = {place: words for place, text in names_in_openapi() if (words := banned_words_in(text))}
    assert not found, f"name it in the doctrine's words: {found}"


@pytest.mark.parametrize(
    "text",
    ["Buy now", "Your order is placed", "purchase_order", "checkoutStep", "only 3 left", "pay us",
     "a promise", "Don't miss it", "coming soon", "our account", "GUARANTEED"],
)  # fmt: skip
def test_the_scan_finds_what_it_should(text: str) -> None:
    assert banned_words_in(text)


@pytest.mark.parametrize("text", ["in order to join", "restored", "border", "ordinal", "seasoned"])
def test_the_scan_leaves_other_words_alone(text: str) -> None:
    assert not banned_words_in(text)


def test_a_missed_goal_is_not_called_a_failure() -> None:
    for place, text in member_texts():
        assert "failed" not in text.lower(), f"{place}: 'failed' is for a breach after success"
    assert "did not reach its goal" in texts("member.outcome")["goal_missed"]


def test_every_state_and_outcome_has_its_text() -> None:
    campaign, commitment = texts("member.state.campaign"), texts("member.state.commitment")
    assert set(campaign) == set(states_of("campaign"))
    assert set(commitment) == set(states_of("commitment"))
    assert TERMINAL["campaign"] <= set(campaign)


def test_every_step_is_told_with_a_registered_message() -> None:
    names = {template.name for template in messages.templates()}
    for machine, steps in STEPS.items():
        all_names = {step.name for found in STEPS.values() for step in found}
        for step in steps:
            assert bool(step.tells) != bool(step.told_with), f"{step.name}: tell it, once"
            assert step.told_with is None or step.told_with in all_names
            for audience in step.tells:
                assert messages.template_name(machine, step, audience) in names


def test_a_step_without_a_text_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    words = catalogue("messages")
    without = {**words, "member": {**words["member"], "campaign": {}}}
    monkeypatch.setattr(messages, "catalogue", lambda _name: without)
    with pytest.raises(LookupError, match="has no text for campaign"):
        list(messages.templates())


def test_money_messages_end_with_the_four_facts() -> None:
    for template in messages.templates():
        if template.name.endswith((".member", ".later", ".shares")):
            for fact in ("Escrow:", "Refund:", "Supplier:", "On failure:"):
                assert fact in template.text, template.name


def test_the_custody_text_fits_its_mode() -> None:
    custody = texts("member.custody")
    assert "third party" in custody["third_party_escrow"]
    assert "not a licensed escrow agent" in custody["operator_balance"]
    assert "escrow-style" in custody["operator_balance"]
    assert "held in escrow" not in custody["operator_balance"]


def test_every_text_file_is_read_by_these_tests() -> None:
    parts = {"doctrine", "en", "messages"}
    assert {path.stem for path in Path(FOLDER).iterdir()} == parts
    for path in Path(FOLDER).rglob("*.toml"):
        assert path.parent in {FOLDER, FOLDER / "en", FOLDER / "messages"}, path
    assert all(catalogue(part) for part in parts)


def test_the_words_to_use_are_none_that_are_banned() -> None:
    found = {word: banned for word in catalogue("doctrine")["use"]["words"]
             if (banned := banned_words_in(word))}  # fmt: skip
    assert not found, f"used and banned at once: {found}"


def test_no_text_is_kept_that_nobody_reads() -> None:
    program = "\n".join(path.read_text() for path in (ROOT / "src").rglob("campaigns/**/*.py"))
    for audience, parts in catalogue().items():
        for name, part in parts.items() if isinstance(parts, dict) else ():
            inner = {f"{audience}.{name}"} | {
                f"{audience}.{name}.{key}" for key in part if isinstance(part, dict)
            }
            read = any(f'"{place}' in program for place in inner) or f'["{name}"]' in program
            assert read, f"{audience}.{name}: read it, or take it away"


def test_the_facts_of_a_message_fit_where_the_money_is() -> None:
    """Who is told that money went back, or that a bank has it, is not told that it stays here."""
    told = catalogue("messages")["member"]["commitment"]
    gone = {"refunded", "lost", "disputed", "refund_due", "withdrawn", "lapsed"}
    wrong = [
        step.name
        for step in STEPS["commitment"]
        if step.target in gone
        and step.target not in step.sources
        and told.get(step.name, {}).get("facts") in {"before", "after"}
    ]
    assert not wrong, f"the facts say that the amount stays in escrow: {wrong}"


def test_a_message_about_a_part_takes_its_facts_from_where_the_rest_is() -> None:
    """Such a step leads to the state it came from, which may be any after the capture."""
    told = catalogue("messages")["member"]["commitment"]
    parts = {
        step
        for step in STEPS["commitment"]
        if step.name.endswith("_part") and step.target in step.sources
    }
    assert {told[step.name]["facts"] for step in parts} == {"rest"}
    for state in {step.target for step in parts}:
        assert set(rest_places(state, "live")) == {f"rest_{fact}" for fact in FACTS}
        assert all(rest_places(state, "live").values()), state
