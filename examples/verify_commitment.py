"""Check a commitment's proof offline: verify_commitment.py PROOF.json [AUDIT_KEY_NOTED_EARLIER]."""

import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def sha(content: bytes) -> bytes:
    """Return SHA-256."""
    return hashlib.sha256(content).digest()


def root(seal: dict) -> str:
    """Follow the path from the seal to the root (RFC 9162, section 2.1)."""
    found = sha(b"\x00" + bytes.fromhex(seal["hash"]))
    for step in seal["path"]:
        other = bytes.fromhex(step["hash"])
        found = sha(b"\x01" + (other + found if step["side"] == "left" else found + other))
    return found.hex()


def check(commitment: dict, seal: dict, keys: dict[str, str]) -> dict:
    """Return the sealed event; an AssertionError, InvalidSignature or KeyError if it is not so."""
    assert sha(seal["content"].encode()).hex() == seal["hash"], "the event is not the sealed one"
    statement = seal["checkpoint"]["statement"].encode()
    signed = json.loads(statement)
    assert root(seal) == signed["root"], "the seal is not in the signed tree"
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(keys[signed["key_id"]]))
    key.verify(bytes.fromhex(seal["checkpoint"]["signature"]), statement)
    event = json.loads(seal["content"])["event"]
    assert event["tenant_id"] == signed["tenant_id"], "signed for another organisation"
    assert event["aggregate_id"] == commitment["id"], "the event is about something else"
    amount = event["payload"].get("amount_minor", commitment["amount_minor"])
    assert amount == commitment["amount_minor"], "another amount was sealed"
    return event


def main() -> None:
    """Check every sealed event of the proof."""
    proof = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    keys = proof["public_keys"]
    if len(sys.argv) > 2:
        keys = {hashlib.sha256(bytes.fromhex(sys.argv[2])).hexdigest()[:16]: sys.argv[2]}
    for each in proof["events"]:
        sealed = each["sealed"]
        step = check(proof["commitment"], sealed, keys)["payload"].get("step") if sealed else None
        print(each["at"], each["event"], f"proved: {step}" if sealed else "not sealed yet")
    print(f"Commitment {proof['commitment']['reference']}: every sealed event holds.")


main()
