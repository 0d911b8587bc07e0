"""Several processes on one state, behind one webhook: each question answered once."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.botapi.server import BotApiServer
from tests.botapi.webhook import HEADER
from tests.telegram.conftest import BotProcess
from tests.telegram.test_exactly_once import assert_once, everybody_asks

WORKERS = 2


@contextmanager
def balancer(ports: list[int]) -> Iterator[str]:
    """Pass every update on to all of *ports*, the worst that a balancer may do; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name: self.headers[name] for name in ("Content-Type", HEADER)}
            taken = [self._passed(port, body, headers) for port in ports]
            self.send_response(200 if any(taken) else 502)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _passed(self, port: int, body: bytes, headers: dict[str, str]) -> bool:
            address = f"http://127.0.0.1:{port}{self.path}"
            request = urllib.request.Request(address, body, headers, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - our own port
                    return True
            except OSError:  # a worker that is not there, or not yet
                return False

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    running.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/telegram"
    finally:
        server.shutdown()
        server.server_close()
        running.join()


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def test_two_workers_answer_each_question_once_whoever_it_came_to_and_whenever_they_start(
    bot: BotProcess, server: BotApiServer
) -> None:
    ports = free_ports(WORKERS)
    workers = [BotProcess(bot.folder, bot._index, server) for _ in ports]
    people = [server.user(f"P{number}") for number in range(8)]
    with balancer(ports) as address:
        try:
            questions = []
            for number, (worker, port) in enumerate(zip(workers, ports, strict=True), 1):
                worker.log = bot.folder / f"bot-{number}.log"
                worker.start(
                    {
                        "COOPBOT_TELEGRAM_WEBHOOK_URL": address,
                        "COOPBOT_TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
                        "COOPBOT_TELEGRAM_WEBHOOK_SECRET": "only-telegram-knows",
                        "COOPBOT_TELEGRAM_WORKER": f"{number}/{WORKERS}",
                    }
                )
                questions += everybody_asks(people)
            assert_once(server, questions)
        finally:
            for worker in workers:
                worker.end()
