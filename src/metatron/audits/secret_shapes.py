"""What keys, tokens and passwords look like where they must not stand."""

import base64
import binascii
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from metatron.platform.tenancy.key_format import check_format

_TAIL = r"(?![A-Za-z0-9_-])"
SHAPES = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?=\s*[A-Za-z0-9+/=\\]{40})",
    "key of a cloud": r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])|AIza[A-Za-z0-9_-]{35}",
    "token of a code host": r"gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[A-Za-z0-9_-]{20}",
    "key of a payment provider": r"(?:sk|rk)_live_[A-Za-z0-9]{16,}",
    "token of a chat": r"xox[abeprs]-[A-Za-z0-9-]{20,}",
    "key of a language model": r"sk-(?:ant-|proj-)?[A-Za-z0-9_-]{40,}",
    "token of Amazon": r"Atz[ar]\|[A-Za-z0-9_|.-]{40,}|amzn1\.oa2-cs\.v1\.[a-f0-9]{40,}",
    "signed token": r"eyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{40,}",
    "API key of ours": r"mtk_live_[A-Za-z0-9]{36}" + _TAIL,
    "signing secret": r"whsec_[A-Za-z0-9_+/-]{32,}",
    "sealing key": r"(?<![A-Za-z0-9_+/=-])[A-Za-z0-9_-]{43}=(?![A-Za-z0-9_+/=-])",
    "password in an address": r"(?<=://)[^\s:/@'\"{}<>$]+:[^\s/@'\"{}<>$*.]{8,}(?=@[\w.\[-])",
    "assigned secret": r"(?i:password|passwd|secret|token|api_?key)[\"']?\s*[:=]\s*[\"']"
    r"(?!/api/)([A-Za-z0-9+/_=-]{24,})[\"']",
}
_EACH = {kind: re.compile(shape) for kind, shape in SHAPES.items()}
RANDOM_BITS = 3.8
"""Bits a character from which a text counts as random: words have fewer."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something that looks like a secret; the text itself is never shown."""

    place: str
    kind: str
    fingerprint: str


def suspects(text: str, place: str) -> Iterator[Suspect]:
    """Yield what looks like a secret in a text; `place` says where the text is from."""
    for kind, shape in _EACH.items():
        for found in shape.finditer(text):
            secret = found[1] if shape.groups else found[0]
            if _is_one(kind, secret):
                yield Suspect(place, kind, fingerprint(secret))


def fingerprint(secret: str) -> str:
    """Return what stands for a secret in reports and in the list of allowed ones."""
    return sha256(secret.encode()).hexdigest()[:16]


def _is_one(kind: str, secret: str) -> bool:
    match kind:
        case "API key of ours":
            return _has_our_checksum(secret)
        case "sealing key":
            return _is_random(secret) and _is_decoded(secret)
        case "assigned secret" | "signing secret" | "key of a language model":
            return _is_random(secret)
        case _:
            return True


def _has_our_checksum(secret: str) -> bool:
    try:
        check_format(secret)
    except Exception:  # noqa: BLE001 - whatever it is refused for, it is none
        return False
    return True


def _is_decoded(secret: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(secret)) == 32
    except binascii.Error:
        return False


def _is_random(text: str) -> bool:
    counts = Counter(text).values()
    bits = -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
    mixed = any(each.isdigit() for each in text) and any(each.isalpha() for each in text)
    return mixed and bits >= RANDOM_BITS
