"""A local HTTP server that speaks Stripe's wire protocol, for the real SDK to talk to.

Form-encoded bodies with bracketed names, bearer keys, Idempotency-Key with the saved answer, error
envelopes, list objects. Its objects are laid out as the fixtures in `stripe_fixtures.json`, which
follow the published API reference; nothing here was recorded from anybody's account.
"""

import copy
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

FIXTURES: dict[str, Any] = json.loads(
    Path(__file__).with_name("stripe_fixtures.json").read_text(encoding="utf-8")
)
KEY = "sk_test_twin"
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class StripeTwin:
    """Objects by id, answers by idempotency key, and what goes wrong next."""

    asked: list[Asked] = field(default_factory=list)
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    faults: list[Callable[[Asked], Answer | None]] = field(default_factory=list)
    delay_seconds: float = 0.0

    def __post_init__(self) -> None:
        twin = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                place = urlsplit(self.path)
                words = self.rfile.read(length).decode() if length else place.query
                headers = {name.lower(): value for name, value in self.headers.items()}
                form = dict(parse_qsl(words, keep_blank_values=True))
                asked = Asked(self.command, place.path, form, headers)
                twin.asked.append(asked)
                status, body = twin.answer(asked)
                raw = json.dumps(body).encode()
                time.sleep(twin.delay_seconds)
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(raw)))
                    self.send_header("Request-Id", "req_twin")
                    if status == 429:
                        self.send_header("Retry-After", "7")
                    self.end_headers()
                    self.wfile.write(raw)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the caller hung up: that is what the test is about

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {KEY}":
            return 401, error("invalid_request_error", "api_key_invalid")
        key = asked.headers.get("idempotency-key")
        content = json.dumps([asked.path, asked.form], sort_keys=True)
        if asked.method == "POST" and key in self.answers:
            seen, answer = self.answers[key]
            if seen != content:
                return 400, error("idempotency_error", None)
            return answer
        fault = self.faults.pop(0)(asked) if self.faults else None
        answer = fault or self._act(asked)
        if asked.method == "POST" and key and answer[0] not in {409, 429}:
            # As Stripe does: whatever was answered is the key's answer, a 500 too.
            self.answers[key] = (content, answer)
        return answer

    def _act(self, asked: Asked) -> Answer:
        match asked.method, asked.path.removeprefix("/v1/").split("/"):
            case "POST", ["payment_intents"]:
                return self._create_intent(asked.form)
            case "POST", ["payment_intents", name, "capture"]:
                return self._capture(name, asked.form)
            case "POST", ["payment_intents", name, "cancel"]:
                return self._cancel(name)
            case "POST", ["refunds"]:
                return self._refund(asked.form)
            case "POST", ["transfers"]:
                return self._transfer(asked.form)
            case "POST", ["disputes", name] if name in self.objects:
                return self._hand_in(name, asked.form)
            case "GET", ["account"]:
                return 200, FIXTURES["account"]
            case "GET", [("charges" | "refunds" | "transfers" | "balance_transactions") as kind]:
                return 200, self._list(kind.removesuffix("s"), asked.form)
            case "GET", [_, name] if name in self.objects:
                return 200, self.objects[name]
        return 404, error("invalid_request_error", "resource_missing")

    def _list(self, kind: str, form: dict[str, str]) -> dict[str, Any]:
        found = [one for one in self.objects.values() if one["object"] == kind]
        for name in ("transfer_group", "payment_intent"):
            if name in form:
                found = [one for one in found if one.get(name) == form[name]]
        if "created[gte]" in form:
            first, last = int(form["created[gte]"]), int(form["created[lt]"])
            found = [one for one in found if first <= one["created"] < last]
        start = 0
        if "starting_after" in form:
            start = [one["id"] for one in found].index(form["starting_after"]) + 1
        size = min(int(form.get("limit", "10")), 3)
        page = found[start : start + size]
        return {
            "object": "list",
            "url": f"/v1/{kind}s",
            "has_more": start + size < len(found),
            "data": page,
        }

    def made(self, kind: str, **values: Any) -> dict[str, Any]:
        """Put an object as the reference lays it out, changed in some members."""
        one = copy.deepcopy(FIXTURES[kind])
        one["id"] = f"{one['id']}{uuid4().hex[:12]}"
        one.update(values)
        self.objects[one["id"]] = one
        return one

    def _create_intent(self, form: dict[str, str]) -> Answer:
        assert form["confirm"] == "true", form
        assert form["allowed_payment_method_types[0]"] == "card", form
        declined = form["payment_method"] == "pm_card_chargeDeclined"
        at_once = form["capture_method"] == "automatic"
        amount = int(form["amount"])
        status = "succeeded" if at_once else "requires_capture"
        charge = self.made(
            "charge", amount=amount, currency=form["currency"], metadata=marks(form),
            transfer_group=form["transfer_group"], captured=at_once,
        )  # fmt: skip
        intent = self.made(
            "payment_intent",
            amount=amount,
            amount_received=amount if at_once and not declined else 0,
            currency=form["currency"],
            capture_method=form["capture_method"],
            metadata=marks(form),
            status="requires_payment_method" if declined else status,
            transfer_group=form["transfer_group"],
            latest_charge=charge if "expand[0]" in form else charge["id"],
        )
        charge["payment_intent"] = intent["id"]
        if declined:
            refused = error("card_error", "card_declined")
            refused["error"] |= {"decline_code": "insufficient_funds", "payment_intent": intent}
            intent["last_payment_error"] = {"code": "card_declined"}
            return 402, refused
        return 200, intent

    def _capture(self, name: str, form: dict[str, str]) -> Answer:
        intent = self.objects[name]
        if intent["status"] != "requires_capture":
            return 400, error("invalid_request_error", "payment_intent_unexpected_state")
        taken = int(form["amount_to_capture"])
        intent |= {"status": "succeeded", "amount_received": taken}
        intent["metadata"] |= marks(form)
        return 200, intent

    def _cancel(self, name: str) -> Answer:
        intent = self.objects[name]
        if intent["status"] != "requires_capture":
            return 400, error("invalid_request_error", "payment_intent_unexpected_state")
        intent |= {"status": "canceled"}
        return 200, intent

    def _refund(self, form: dict[str, str]) -> Answer:
        intent = self.objects[form["payment_intent"]]
        gone = sum(
            one["amount"]
            for one in self.objects.values()
            if one["object"] == "refund" and one["payment_intent"] == intent["id"]
        )
        if gone + int(form["amount"]) > intent["amount_received"]:
            return 400, error("invalid_request_error", "charge_already_refunded")
        values = {"amount": int(form["amount"]), "payment_intent": intent["id"]}
        return 200, self.made("refund", **values, metadata=marks(form), currency=intent["currency"])

    def _hand_in(self, name: str, form: dict[str, str]) -> Answer:
        dispute = self.objects[name]
        if dispute["status"] not in {"needs_response", "warning_needs_response"}:
            return 400, error("invalid_request_error", "dispute_not_open")
        if form["submit"] == "true":
            dispute["evidence"]["uncategorized_text"] = form["evidence[uncategorized_text]"]
            dispute["evidence_details"] |= {"has_evidence": True, "submission_count": 1}
            dispute["status"] = "under_review"
        return 200, dispute

    def _transfer(self, form: dict[str, str]) -> Answer:
        if form["destination"] == "acct_closed":
            return 400, error("invalid_request_error", "account_closed")
        made = self.made(
            "transfer", amount=int(form["amount"]), currency=form["currency"],
            destination=form["destination"], metadata=marks(form),
            transfer_group=form["transfer_group"],
        )  # fmt: skip
        return 200, made


def error(kind: str, code: str | None) -> dict[str, Any]:
    return {"error": {"type": kind, "code": code, "message": "Refused by the twin."}}


def marks(form: dict[str, str]) -> dict[str, str]:
    """The metadata of a form."""
    return {
        name.removeprefix("metadata[").removesuffix("]"): value
        for name, value in form.items()
        if name.startswith("metadata[")
    }
