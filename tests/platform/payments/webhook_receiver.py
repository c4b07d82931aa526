"""A real HTTP server on a free port that keeps the webhooks it is sent."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Received:
    raw: bytes
    signature: str


class WebhookReceiver:
    """Answers with the statuses in `answers` one after the other, then with 200."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                signature = self.headers["Sandbox-Signature"]
                receiver.received.append(Received(raw, signature))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def wait_for(self, done: Callable[[list[Received]], bool], seconds: float = 8) -> None:
        end = time.monotonic() + seconds
        while not done(self.received):
            if time.monotonic() > end:
                raise TimeoutError(f"{len(self.received)} webhooks came")
            time.sleep(0.02)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
