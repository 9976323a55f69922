"""Mail and reports in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.credentials.endpoint import Endpoint
from provisioner.core.dmarc.evidence import AggregateReport, UnreadableReport
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError, SmtpRefusal


class FakeReports:
    """Aggregate reports, whatever the path."""

    def __init__(self) -> None:
        self.found: list[AggregateReport | UnreadableReport] = []

    def read(self, paths: Sequence[Path]) -> Iterator[AggregateReport | UnreadableReport]:
        yield from self.found


class FakeMailer:
    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.tries = 0
        self.is_replaced = False
        self.logins: list[tuple[Endpoint, str, Secret]] = []
        self._refusals: list[SmtpRefusal] = []
        self._refusals_of_login: list[SmtpRefusal] = []
        self._faults: dict[int | None, ProvisionerError] = {}
        self._passwords: dict[tuple[str, str], Secret] = {}

    def refuses(self, code: int, text: str, times: int = 1) -> FakeMailer:
        """Refuse the next messages."""
        kind = "smtp_login_refused" if code == 535 else "smtp_refused"
        self._refusals += [SmtpRefusal(kind, f"email-smtp answered {code} {text}", code, text)] * times
        return self

    def refuses_login(self, code: int, text: str, times: int = 1) -> FakeMailer:
        """Refuse the next logins."""
        refusal = SmtpRefusal("smtp_login_refused", f"email-smtp answered {code} {text}", code, text)
        self._refusals_of_login += [refusal] * times
        return self

    def knows(self, host: str, user_name: str, password: Secret) -> FakeMailer:
        """Take no login at any host any more, but for those that were told of."""
        self._passwords[host, user_name] = password
        return self

    def fails(self, code: str, port: int | None = None, text: str = "in a fake way") -> FakeMailer:
        """Let nobody in, at one port or, without one, at any; for `send` it is the credential's port that counts."""
        self._faults[port] = ProvisionerError(code, f"email-smtp:{port or 'all'}: {text}", "mend it")
        return self

    def log_in(self, endpoint: Endpoint, user_name: str, password: Secret) -> None:
        self.logins.append((endpoint, user_name, password))
        self._connect(endpoint.port)
        if self._refusals_of_login:
            raise self._refusals_of_login.pop(0)
        if self._passwords and self._passwords.get((endpoint.host, user_name)) != password:
            text = "Authentication Credentials Invalid"
            raise SmtpRefusal("smtp_login_refused", f"{endpoint.host} answered 535 {text}", 535, text)

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        self.tries += 1
        self._connect(credential.port)
        if self._refusals:
            raise self._refusals.pop(0)
        self.sent.append((credential.user_name, sender, recipient))
        return "Ok 0100"

    def _connect(self, port: int) -> None:
        fault = self._faults.get(port) or self._faults.get(None)
        if fault is not None:
            raise fault
