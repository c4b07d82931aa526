"""Connections are secured, and certificates held against the name that was given."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from metatron.kernel.clock import utc_now
from tests.apps.amc.destinations.desk import Desk
from tests.apps.amc.destinations.pg_target import Target
from tests.apps.amc.destinations.test_postgresql import FIRST


def certificate(folder: Path, name: str) -> str:
    """A certificate that vouches for itself, with its key, in `folder`; returns it as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utc_now() - timedelta(days=1))
        .not_valid_after(utc_now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem.decode()


@pytest.mark.parametrize(
    ("host", "tls", "trusts", "problem"),
    [
        ("localhost", "verify", True, None),
        ("localhost", "verify", False, "The server's certificate is not accepted."),
        ("127.0.0.1", "verify", True, "The server's certificate is not accepted."),
        ("127.0.0.1", "require", False, None),
    ],
)
async def test_certificates(
    desk: Desk, target: Target, tmp_path: Path, *, host: str, tls: str, trusts: bool,
    problem: str | None,
) -> None:  # fmt: skip
    pem = certificate(tmp_path, "localhost")
    target.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    target.tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    settings = target.settings(host=host, tls=tls, ca_certificate=pem if trusts else None)
    place = await desk.destination("postgresql", settings)
    assert await desk.tried(place) == {"ok": problem is None, "problem": problem}
    told = await desk.settled(await desk.run(place, rows=FIRST))
    assert (told["state"], told["problem"]) == ("failed" if problem else "delivered", problem)


async def test_a_server_without_tls_gets_no_password(desk: Desk, target: Target) -> None:
    place = await desk.destination("postgresql", target.settings(tls="require"))
    tried = await desk.tried(place)
    assert tried == {"ok": False, "problem": "The server offers no TLS."}


async def test_what_is_no_certificate_is_told(desk: Desk, target: Target) -> None:
    settings = target.settings(tls="verify", ca_certificate="not a certificate")
    place = await desk.destination("postgresql", settings)
    assert "cannot be read" in (await desk.tried(place))["problem"]
