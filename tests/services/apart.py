"""All services as processes of their own, nginx with the shipped configuration in front."""

import contextlib
import hashlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bench._running import free_port
from metatron.kernel.process.embedded_postgres import EmbeddedPostgres
from metatron.kernel.secrets import new_key
from metatron.kernel.settings import RATE_LIMITS, TIER_LIMITS
from metatron.services import HTTP_SERVICES, SERVICES, WORKER

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "deploy" / "nginx"
NGINX = "/usr/sbin/nginx"
START_SECONDS = 60.0
ADMIN_KEY = "the-admin-key-of-these-tests"
MARKER = "keys-of-auth-alone"


@dataclass
class Apart:
    """Everything that runs: ports by service, process ids, the certificate to trust."""

    folder: Path
    base_url: str
    certificate: Path
    postgres: EmbeddedPostgres
    ports: dict[str, int]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    link_token: str = ""
    whole: dict[str, str] = field(default_factory=dict)
    """The environment of commands for the whole installation."""
    common: dict[str, str] = field(default_factory=dict)
    """What the environments of all services have in common."""

    def at(self, service: str) -> str:
        """The address of one service itself."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def log(self, name: str) -> str:
        """What a process said."""
        return (self.folder / "logs" / f"{name}.log").read_text()


def _free_ports(names: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    while len(found) < len(names):
        port = free_port()
        if port not in found.values():
            found[names[len(found)]] = port
    return found


def certificate_for_localhost(folder: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "certificate.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


def green_name(service: str) -> str:
    """How the green one of a service is called here."""
    return f"green-{service}"


def shipped_site(folder: Path, port: int, ports: dict[str, int]) -> Path:
    """The shipped configuration with ports of this test; only files of `site/` differ.

    `ports` are those of the blue services; the green ones are called `green-core` and so on.
    """
    home = folder / "nginx"
    shutil.copytree(SHIPPED, home, symlinks=True)
    for name in ("run", "temp"):
        (home / name).mkdir()
    for colour in ("blue", "green"):
        file = home / "site" / f"{colour}.conf"
        said = file.read_text()
        for service in HTTP_SERVICES:
            usual = service.port + 100
            green = ports.get(green_name(service.name), usual)
            said = said.replace(f"127.0.0.1:{service.port} ", f"127.0.0.1:{ports[service.name]} ")
            said = said.replace(f"127.0.0.1:{usual} ", f"127.0.0.1:{green} ")
        file.write_text(said)
    (home / "site" / "listen.conf").write_text(
        f"listen 127.0.0.1:{port} ssl http2;\nserver_name localhost;\n"
        "ssl_certificate site/certificate.pem;\nssl_certificate_key site/certificate.key;\n"
    )
    certificate_for_localhost(home / "site")
    return home


def nginx(home: Path, *arguments: str) -> list[str]:
    """The command, on the configuration in `home`."""
    return [NGINX, "-p", str(home), "-c", "nginx.conf", *arguments]


def _settings(folder: Path, base_url: str, ports: dict[str, int]) -> dict[str, str]:
    return {
        "METATRON_ENVIRONMENT": "test",
        "METATRON_DATA_DIR": str(folder),
        "METATRON_PUBLIC_URL": base_url,
        "METATRON_WEB_DIST": str(ROOT / "web" / "dist"),
        "METATRON_SECRET_KEYS": new_key(),
        "METATRON_SMTP_URL": f"smtp://127.0.0.1:{ports['mailbox']}",
        "METATRON_MAILBOX_DIR": str(folder / "mailbox"),
        "METATRON_PAYMENTS_URL": f"http://127.0.0.1:{ports['payments']}",
        "METATRON_PAYMENTS_SECRET": "sandbox-secret",
        "METATRON_PAYMENTS_WEBHOOK_SECRETS": "whsec-sandbox",
        "METATRON_RATE_LIMITS": json.dumps({name: [10**6, 10**8] for name in RATE_LIMITS}),
        "METATRON_TIER_LIMITS": json.dumps(
            {tier: dict.fromkeys(limits) for tier, limits in TIER_LIMITS.items()}
        ),
        "METATRON_TRUSTED_PROXIES": "127.0.0.1",
        "METATRON_AUTH_URL": f"http://127.0.0.1:{ports['auth']}",
        "METATRON_ADMIN_KEY_HASH": hashlib.sha256(ADMIN_KEY.encode()).hexdigest(),
        "METATRON_WORKERS": "1",
    }


def bare() -> dict[str, str]:
    """The environment of this test without any settings of the program's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("METATRON_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept.pop("PROMETHEUS_MULTIPROC_DIR", None)
    return kept | {"PYTHONPATH": str(ROOT / "src"), "MALLOC_ARENA_MAX": "2"}


def metatron(*arguments: str) -> list[str]:
    """The command line's command."""
    return [sys.executable, "-m", "metatron", *arguments]


def run(arguments: list[str], environment: dict[str, str]) -> str:
    """Run one command to its end; returns what it said."""
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


def environment_of(file: Path) -> dict[str, str]:
    """What `metatron services prepare` wrote for a service."""
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


@contextlib.contextmanager
def all_services(folder: Path) -> Iterator[Apart]:
    """Bring up database, services, worker, twins and nginx; end them all afterwards."""
    names = [service.name for service in SERVICES]
    greens = [green_name(service.name) for service in HTTP_SERVICES]
    ports = _free_ports([*names, *greens, "mailbox", "payments", "proxy"])
    base_url = f"https://localhost:{ports['proxy']}"
    (folder / "logs").mkdir()
    home = shipped_site(folder, ports["proxy"], ports)
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    apart = Apart(folder, base_url, home / "site" / "certificate.pem", postgres, ports)
    try:
        common = apart.common = bare() | _settings(folder, base_url, ports)
        apart.link_token = _prepared(apart, common)
        _start_all(apart, common, home)
        yield apart
    finally:
        _end(apart)
        postgres.stop()


def _prepared(apart: Apart, common: dict[str, str]) -> str:
    """Migrate, make roles and credentials, seed; returns the token of a sign-in link."""
    apart.whole = whole = common | {
        "METATRON_DATABASE_URL": apart.postgres.dsn("metatron_app"),
        "METATRON_DATABASE_SYSTEM_URL": apart.postgres.dsn("metatron_system"),
        "METATRON_DATABASE_OWNER_URL": apart.postgres.dsn("metatron_owner"),
        "METATRON_SIGNING_KEY_DIR": str(apart.folder / MARKER),
        "METATRON_DATABASE_ADMIN_URL": apart.postgres.dsn("postgres", "postgres"),
    }
    run(metatron("services", "roles"), whole)
    run(metatron("migrate"), whole)
    with ThreadPoolExecutor(2) as pool:
        prepare = metatron("services", "prepare", "--folder", str(apart.folder / "services"))
        prepared = pool.submit(run, prepare, whole)
        seeded = pool.submit(run, metatron("seed", "--demo"), whole)
        prepared.result()
        return seeded.result().strip().rpartition("#token=")[2]


def _start_all(apart: Apart, common: dict[str, str], home: Path) -> None:
    for service in SERVICES:
        name, port = service.name, str(apart.ports[service.name])
        kind = ("work", "--apart") if name == WORKER else ("serve", name)
        given = environment_of(apart.folder / "services" / f"{name}.env")
        _start(apart, name, metatron(*kind, "--port", port), common | given)
    _start(
        apart,
        "mailbox",
        metatron("serve", "mailbox", "--port", str(apart.ports["mailbox"])),
        common,
    )
    sandbox = metatron(
        *("serve", "payments-sandbox", "--port", str(apart.ports["payments"])),
        *("--data", str(apart.folder / "payments-sandbox")),
        *("--webhook-url", f"{apart.at('core')}/api/v1/webhooks/payments/sandbox"),
    )
    _start(apart, "payments-sandbox", sandbox, common)
    for service in SERVICES:
        until_ready(f"{apart.at(service.name)}/health/ready", apart, service.name)
    run(nginx(home, "-t", "-q"), bare())
    _start(apart, "nginx", nginx(home, "-g", "daemon off;"), bare())
    until_ready(f"{apart.base_url}/health/ready", apart, "nginx")


def start_green(apart: Apart) -> None:
    """Start the HTTP services a second time, as the green set; returns when all are ready."""
    for service in HTTP_SERVICES:
        name = green_name(service.name)
        given = environment_of(apart.folder / "services" / f"{service.name}.env")
        own = {"METATRON_AUTH_URL": apart.at(green_name("auth"))}
        port = str(apart.ports[name])
        command = metatron("serve", service.name, "--port", port)
        _start(apart, name, command, apart.common | given | own)
    for service in HTTP_SERVICES:
        name = green_name(service.name)
        until_ready(f"{apart.at(name)}/health/ready", apart, name)


def _start(apart: Apart, name: str, command: list[str], environment: dict[str, str]) -> None:
    with (apart.folder / "logs" / f"{name}.log").open("ab") as log:
        apart.processes[name] = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def until_ready(url: str, apart: Apart, name: str) -> None:
    """Wait until an address answers 200."""
    trust = ssl.create_default_context(cafile=str(apart.certificate))
    end, said = time.monotonic() + START_SECONDS, ""
    while time.monotonic() < end:
        process = apart.processes[name]
        assert process.poll() is None, f"{name} ended: {apart.log(name)}"
        try:
            answer = httpx.get(url, verify=trust, trust_env=False, timeout=5)
            said = f"{answer.status_code} {answer.text[:200]}"
            if answer.status_code == 200:
                return
        except httpx.HTTPError as error:
            said = repr(error)
        time.sleep(0.1)
    raise AssertionError(f"{name} is not ready ({said}): {apart.log(name)[-4000:]}")


def _end(apart: Apart) -> None:
    for process in apart.processes.values():
        process.send_signal(signal.SIGTERM)
    for process in apart.processes.values():
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
