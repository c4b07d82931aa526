"""Whether a port can be had."""

import errno
import socket

from metatron.kernel.process.failures import ProcessError


def require_free_port(port: int, host: str = "127.0.0.1") -> None:
    """Return when the port can be listened on.

    Raises `ProcessError` naming the port when it is taken or reserved.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # Leftovers of closed connections do not count as use, as they do not for a server.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError as error:
            raise _refusal(port, host, error) from error


def _refusal(port: int, host: str, error: OSError) -> ProcessError:
    another = "choose another one with --port N"
    if error.errno == errno.EADDRINUSE:
        return ProcessError(f"port {port} is in use", f"stop what listens there, or {another}")
    if error.errno == errno.EACCES:
        return ProcessError(f"port {port} is reserved for root", another)
    return ProcessError(f"cannot listen on {host} port {port} ({error.strerror})", another)
