"""Ask a PostgreSQL server whether it takes connections, without signing in."""

import contextlib
import socket
import struct
from pathlib import Path

_PROTOCOL_3 = 196608
_AUTHENTICATION = b"R"


def takes_connections(socket_file: Path, timeout_seconds: float = 1.0) -> bool:
    """Tell whether the server answers a connection request with a request for a password.

    A server that starts, recovers or stops answers with an error instead.
    """
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout_seconds)
        connection.connect(str(socket_file))
        request = b"user\0postgres\0database\0postgres\0\0"
        connection.sendall(struct.pack("!ii", len(request) + 8, _PROTOCOL_3) + request)
        return connection.recv(1) == _AUTHENTICATION
    return False
