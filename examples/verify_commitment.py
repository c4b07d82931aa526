"""Check a commitment's proof offline: verify_commitment.py PROOF.json FINGERPRINT...

A fingerprint is the SHA-256 of an audit key, noted outside the proof: from a receipt, a campaign's
page or /api/v1/public/audit-keys. What another key signed is no proof.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def need(holds: bool, otherwise: str) -> None:
    """End the program where something does not hold."""
    if not holds:
        sys.exit(f"NO PROOF: {otherwise}")


def root(seal: dict) -> str:
    """Follow the path from the seal to the root (RFC 9162, section 2.1)."""
    found = sha256(b"\x00" + bytes.fromhex(seal["hash"])).digest()
    for step in seal["path"]:
        pair = [bytes.fromhex(step["hash"]), found]
        found = sha256(b"\x01" + b"".join(pair if step["side"] == "left" else pair[::-1])).digest()
    return found.hex()


def check(mine: dict, seal: dict, keys: dict[str, bytes]) -> str:
    """Return what a sealed event says, once it is shown to be sealed, signed and about this."""
    statement, signature = seal["checkpoint"]["statement"], seal["checkpoint"]["signature"]
    signed, event = json.loads(statement), json.loads(seal["content"])["event"]
    need(sha256(seal["content"].encode()).hexdigest() == seal["hash"], "an event was changed")
    need(root(seal) == signed["root"], "an event is not in the signed tree")
    need(signed["key_id"] in keys, "signed by a key whose fingerprint you did not name")
    key = Ed25519PublicKey.from_public_bytes(keys[signed["key_id"]])
    key.verify(bytes.fromhex(signature), statement.encode())
    need(event["tenant_id"] == signed["tenant_id"], "signed for another organisation")
    need(event["aggregate_id"] == mine["id"], "an event is about something else")
    said = event["payload"] if event["name"] == "campaigns.commitment_moved.v1" else mine
    need(all(said[n] == mine[n] for n in ("units", "amount_minor", "currency")), "other amounts")
    return f"{event['occurred_at']} {event['name']} {event['payload'].get('step', '')} proved"


proof = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
keys = {sha256(key).hexdigest(): key for key in map(bytes.fromhex, proof["public_keys"].values())}
trusted = {noted[:16]: keys[noted] for noted in sys.argv[2:] if noted in keys}
for sealed in (event["sealed"] for event in proof["events"]):
    print(check(proof["commitment"], sealed, trusted) if sealed else "not sealed yet")
