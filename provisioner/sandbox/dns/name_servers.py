"""The name servers of all zones, each at an address of its own in 127.0.0.0/8, opened when somebody asks where it is.

Linux takes all of this network for loopback. Where it is not there, no server has an address, and the resolver is all
that can be asked.
"""

import ipaddress
import logging
import resource
import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from provisioner.sandbox.dns.authoritative import answer_of_server, closes_tcp
from provisioner.sandbox.dns.message import respond
from provisioner.sandbox.internet import Internet

FIRST = ipaddress.IPv4Address("127.53.0.1")
MOST = 2000  # addresses; with more servers than that, some share one
IDLE_SECONDS = 10.0  # how long a TCP client may be silent
_FILES_LEFT = 256  # open files that are not for name servers
_SOCKETS = 2  # of one address
_LARGEST = 65535

_log = logging.getLogger(__name__)


@dataclass
class Place:
    """An address with its sockets, and the names of the servers at it."""

    address: str
    udp: socket.socket
    tcp: socket.socket | None
    servers: set[str] = field(default_factory=set)


class NameServers:
    """All name servers, on the resolver's port; usable while that one is at 127.0.0.1 and the network is there."""

    def __init__(self, internet: Callable[[], Internet], host: str, port: int) -> None:
        self._internet, self._port = internet, port
        self._usable = host == "127.0.0.1"
        self._most = _room()
        self._lock = threading.Lock()
        self._places: list[Place] = []
        self._by_server: dict[str, Place] = {}
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._serve, name="sandbox-name-servers", daemon=True)
        self._thread.start()

    def address(self, server: str) -> str | None:
        """Return where a server is, None where it can have no address; from then on it answers there."""
        with self._lock:
            place = self._by_server.get(server) or self._settle(server)
        if place is not None:
            self._adjust(place, self._internet())
        return place.address if place else None

    def reopen(self) -> None:
        """Open or close the TCP ports, as what is wrong with the servers asks for."""
        internet = self._internet()
        for place in list(self._places):
            self._adjust(place, internet)

    def stop(self) -> None:
        """Close all sockets."""
        self._waker.close()
        self._thread.join()
        self._wake.close()
        self._selector.close()
        for place in self._places:
            place.udp.close()
            if place.tcp:
                place.tcp.close()

    def _settle(self, server: str) -> Place | None:
        number = len(self._by_server)
        if number < self._most:
            place = self._open(str(FIRST + number))
        else:
            place = self._places[number % len(self._places)] if self._places else None
        if place is not None:
            place.servers.add(server)
            self._by_server[server] = place
        return place

    def _open(self, address: str) -> Place | None:
        if not self._usable:
            return None
        try:
            udp = _bound(socket.SOCK_DGRAM, address, self._port)
        except OSError as error:
            self._usable = bool(self._places)  # not even the first: this machine has one loopback address
            _log.debug("no name server can be at %s: %s", address, error)
            return None
        place = Place(address, udp, None)
        self._places.append(place)
        self._selector.register(udp, selectors.EVENT_READ, (self._answer_udp, place))
        return place

    def _adjust(self, place: Place, internet: Internet) -> None:
        closed = closes_tcp(internet, place.servers)
        with self._lock:
            if closed and place.tcp is not None:
                self._selector.unregister(place.tcp)
                place.tcp.close()
                place.tcp = None
            elif not closed and place.tcp is None:
                with suppress(OSError):
                    place.tcp = _bound(socket.SOCK_STREAM, place.address, self._port)
                    place.tcp.listen(128)
                    self._selector.register(place.tcp, selectors.EVENT_READ, (self._accept, place))

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    return
                handle, place = key.data
                with suppress(OSError):  # closed in the meantime
                    handle(place)

    def _answer_udp(self, place: Place) -> None:
        packet, client = place.udp.recvfrom(_LARGEST)
        response = self._respond(place, packet, udp=True)
        if response is not None:
            place.udp.sendto(response, client)

    def _accept(self, place: Place) -> None:
        if place.tcp is not None:
            connection, _ = place.tcp.accept()
            threading.Thread(target=self._converse, args=(place, connection), daemon=True).start()

    def _converse(self, place: Place, connection: socket.socket) -> None:
        connection.settimeout(IDLE_SECONDS)
        with connection, connection.makefile("rwb") as stream, suppress(OSError):
            while packet := stream.read(int.from_bytes(stream.read(2), "big")):
                response = self._respond(place, packet, udp=False)
                if response is None:
                    continue  # silence, until the client has enough of it
                stream.write(len(response).to_bytes(2, "big") + response)
                stream.flush()

    def _respond(self, place: Place, packet: bytes, *, udp: bool) -> bytes | None:
        return respond(packet, lambda question: answer_of_server(self._internet(), place.servers, question), udp=udp)


def _room() -> int:
    """Return how many addresses there can be, by the number of files that may be open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else max(0, min(MOST, (files - _FILES_LEFT) // (2 * _SOCKETS)))


def _bound(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made
