"""Mail and reports in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.dmarc.evidence import AggregateReport, UnreadableReport
from provisioner.errors import SmtpRefusal


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
        self._refusals: list[SmtpRefusal] = []

    def refuses(self, code: int, text: str, times: int = 1) -> FakeMailer:
        kind = "smtp_login_refused" if code == 535 else "smtp_refused"
        self._refusals += [SmtpRefusal(kind, f"email-smtp answered {code} {text}", code, text)] * times
        return self

    def send(self, credential: SmtpCredential, sender: str, recipient: str, subject: str, body: str) -> str:
        self.tries += 1
        if self._refusals:
            raise self._refusals.pop(0)
        self.sent.append((credential.user_name, sender, recipient))
        return "Ok 0100"
