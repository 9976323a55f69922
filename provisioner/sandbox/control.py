"""The page `/_sandbox/faults`: what the sandbox shall show, changed while it runs."""

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.errors import InputError
from provisioner.sandbox.aws import key_dates
from provisioner.sandbox.faults import EndpointFaults, parse_faults
from provisioner.sandbox.http.pages import PageRequest
from provisioner.sandbox.knobs.board import Board
from provisioner.sandbox.knobs.documents import dns_document, dns_fault
from provisioner.sandbox.ses import states
from provisioner.sandbox.settings import SandboxSettings

_MEMBERS = ("dns", "ses", "account", "keys", "smtp", "clock_skew")
_HINT = "see docs/sandbox.md"


class Control:
    """Turns the knobs of a running sandbox.

    `after_dns` is called whenever DNS was changed, `serve_mail` with what shall be wrong with SMTP.
    """

    def __init__(
        self,
        board: Board,
        settings: SandboxSettings,
        after_dns: Callable[[], None],
        serve_mail: Callable[[EndpointFaults], None],
    ) -> None:
        self._board, self._settings = board, settings
        self._after_dns, self._serve_mail = after_dns, serve_mail

    def page(self, request: PageRequest) -> Any:
        """POST adds what is sent, DELETE takes it away, of one `zone` or all of it; each tells what there is then."""
        if request.method == "POST":
            self.turn(request.document)
        elif request.method == "DELETE":
            self.release(request.query.get("zone"))
        dns = [dns_document(fault) for fault in self._board.dns.faults]
        return {"dns": dns, "clock_skew": self._board.clock_skew}

    def turn(self, document: Any) -> None:
        """Let the sandbox show what a document says; raises `InputError`."""
        _check_form(document)
        mail = parse_faults(str(document["smtp"])) if "smtp" in document else None
        faults, skew = [dns_fault(entry) for entry in document.get("dns", [])], _skew(document)
        for state in document.get("ses", []):
            states.hold(state, self._settings.region)
        for key in document.get("keys", []):
            key_dates.set_dates(key, self._settings.region)
        if "account" in document:
            states.change_account(document["account"], self._settings.region)
        self._board.clock_skew = self._board.clock_skew if skew is None else skew
        if faults:
            self._board.add(faults)
            self._after_dns()
        if mail is not None:
            self._serve_mail(mail)

    def release(self, zone: str | None) -> None:
        """Show nothing any more, about one zone and its identities or at all: back to how the sandbox was started."""
        self._board.clear(zone)
        self._after_dns()
        states.release(zone)
        if zone is None:
            states.release_account(self._settings)
            key_dates.release(self._settings.region)
            self._serve_mail(self._settings.smtp_faults)


def _check_form(document: Any) -> None:
    if not isinstance(document, Mapping) or set(document) - {*_MEMBERS}:
        message = f"what is to be shown is an object with some of {', '.join(_MEMBERS)}"
        raise InputError("invalid_fault", message, _HINT)
    for name in ("dns", "ses", "keys"):
        listed = document.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(entry, Mapping) for entry in listed):
            raise InputError("invalid_fault", f"`{name}` is a list of objects", _HINT)
    if not isinstance(document.get("account", {}), Mapping):
        raise InputError("invalid_fault", "`account` is an object", _HINT)


def _skew(document: Mapping[str, Any]) -> float | None:
    skew = document.get("clock_skew")
    if skew is not None and (isinstance(skew, bool) or not isinstance(skew, int | float)):
        raise InputError("invalid_fault", f"clock_skew={skew} is no number of seconds", _HINT)
    return skew
