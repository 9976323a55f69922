"""The page `/_sandbox/faults`: what the sandbox shall show, changed while it runs."""

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.errors import InputError
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.knobs.board import Board
from provisioner.sandbox.knobs.documents import dns_document, dns_fault

_HINT = "see docs/sandbox.md"


class Control:
    """Turns the knobs of a running sandbox; `after` is called whenever DNS was changed."""

    def __init__(self, board: Board, after: Callable[[], None]) -> None:
        self._board, self._after = board, after

    def page(self, request: PageRequest) -> Any:
        """POST adds what is sent, DELETE takes it away, of one `zone` or all of it; each tells what there is then."""
        if request.method == "POST":
            self.turn(request.document)
        elif request.method == "DELETE":
            self.release(request.query.get("zone"))
        return {"dns": [dns_document(fault) for fault in self._board.dns.faults]}

    def turn(self, document: Any) -> None:
        """Let the sandbox show what a document says; raises `InputError`, and then nothing was changed."""
        if not isinstance(document, Mapping) or set(document) - {"dns"}:
            raise InputError("invalid_fault", "faults are an object with the member `dns`", _HINT)
        self._board.add([dns_fault(entry) for entry in document.get("dns", [])])
        self._after()

    def release(self, zone: str | None) -> None:
        """Show nothing any more, about one zone or at all."""
        self._board.clear(zone)
        self._after()
