"""The DNS servers on loopback: a public resolver, and the name servers of each zone at addresses of their own."""

import contextlib
import logging
import socket
import socketserver
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from provisioner.sandbox.dns.answer import answer_of_resolver
from provisioner.sandbox.dns.message import respond
from provisioner.sandbox.dns.name_servers import NameServers
from provisioner.sandbox.internet import Internet

IDLE_SECONDS = 10.0  # how long a TCP client may be silent
_ATTEMPTS = 20  # the port that TCP got may be taken over UDP
_POLL_SECONDS = 0.1

_log = logging.getLogger(__name__)
Respond = Callable[[bytes, bool], bytes | None]


class DnsServer:
    """Answers over UDP and TCP on one port; `internet` is asked for the zones afresh with every question.

    The name servers are found by the resolver, on the same port of other loopback addresses. `start` binds (raises
    OSError when the port is taken) and returns; with port 0 a free one is chosen. `stop` ends it; both may be called
    again.
    """

    def __init__(self, internet: Callable[[], Internet], host: str = "127.0.0.1", port: int = 0) -> None:
        self._internet = internet
        self._host = host
        self._wanted_port = port
        self._servers: tuple[_TcpServer | _UdpServer, ...] = ()
        self._threads: list[threading.Thread] = []
        self._name_servers: NameServers | None = None

    @property
    def port(self) -> int:
        """Return the port that is listened on; raises RuntimeError before `start`."""
        if not self._servers:
            raise RuntimeError("the DNS server is not running: call start() first")
        return int(self._servers[0].server_address[1])

    def start(self) -> None:
        """Listen, in threads of its own."""
        self._servers = _bind(self._host, self._wanted_port, self._respond)
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="sandbox-dns", daemon=True)
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()
        self._name_servers = NameServers(self._seen, self._host, self.port)

    def stop(self) -> None:
        """Stop listening; open TCP conversations end with their next question."""
        for server in self._servers:
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()
        if self._name_servers is not None:
            self._name_servers.stop()
        self._servers, self._threads, self._name_servers = (), [], None

    def reopen(self) -> None:
        """Open or close the TCP ports of name servers, as what is wrong with them asks for."""
        if self._name_servers is not None:
            self._name_servers.reopen()

    def _seen(self) -> Internet:
        """Return what there is, with the addresses of servers."""
        found, known = self._internet(), self._name_servers
        return found if known is None else replace(found, address=known.address)

    def _respond(self, packet: bytes, udp: bool) -> bytes | None:
        return respond(packet, lambda question: answer_of_resolver(self._seen(), question), udp=udp)


class _UdpHandler(socketserver.BaseRequestHandler):
    server: "_UdpServer"

    def handle(self) -> None:
        packet, sock = self.request
        response = self.server.respond(packet, True)
        if response is not None:
            sock.sendto(response, self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    """One connection, any number of questions, each after two octets of length (RFC 7766)."""

    timeout = IDLE_SECONDS
    server: "_TcpServer"

    def handle(self) -> None:
        with contextlib.suppress(OSError):  # silence for too long, or the client went away
            while packet := self._packet():
                response = self.server.respond(packet, False)
                if response is None:
                    return
                self.wfile.write(len(response).to_bytes(2, "big") + response)

    def _packet(self) -> bytes:
        length = int.from_bytes(self.rfile.read(2), "big")
        return self.rfile.read(length)


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False
    max_packet_size = 65535

    def __init__(self, address: tuple[str, int], respond_to: Respond) -> None:
        self.address_family = _family(address[0])
        self.respond = respond_to
        super().__init__(address, _UdpHandler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 reason: socketserver's signature
        _log.exception("DNS over UDP with %s failed", client_address)


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128  # hundreds of domains are checked at once

    def __init__(self, address: tuple[str, int], respond_to: Respond) -> None:
        self.address_family = _family(address[0])
        self.respond = respond_to
        super().__init__(address, _TcpHandler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 reason: socketserver's signature
        _log.exception("DNS over TCP with %s failed", client_address)


def _family(host: str) -> int:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _bind(host: str, port: int, respond_to: Respond) -> tuple[_TcpServer, _UdpServer]:
    """Bind TCP and UDP to the same port; a port that the system chose is tried again when UDP has it in use."""
    for attempts_left in reversed(range(_ATTEMPTS)):
        tcp = _TcpServer((host, port), respond_to)
        try:
            return tcp, _UdpServer((host, int(tcp.server_address[1])), respond_to)
        except OSError:
            tcp.server_close()
            if port or not attempts_left:
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")
