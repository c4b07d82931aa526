"""The secrets of links: 256 random bits, stored as SHA-256. Imports next to nothing."""

import secrets
from datetime import timedelta
from hashlib import sha256

LINK_PATH = "/sign-in/link"
LIFETIMES: dict[str, timedelta] = {
    "sign_in": timedelta(minutes=15),
    "verify_email": timedelta(days=2),
    "reset_password": timedelta(minutes=30),
    "mfa": timedelta(minutes=10),
    "confirm": timedelta(minutes=10),
}


def new_secret() -> str:
    """Return 256 random bits as unpadded base64url."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> bytes:
    """Return the SHA-256 under which a random secret is stored; it needs no stretching."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def sign_in_link(public_url: str, secret: str) -> str:
    """Return the page's address that takes a sign-in secret."""
    return f"{public_url.rstrip('/')}{LINK_PATH}#token={secret}"
