"""Each fault of the SMTP endpoint, met by a real client, as `credentials verify` and `send-test` tell it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.ses_account import KEY_ID, PASSWORD, FakeAccount
from fakes.world import World

from provisioner.adapters.smtp.mailer import SmtpMailer
from provisioner.core.asked.command_line import Asked
from provisioner.core.credentials.verdict import Verdict
from provisioner.core.findings import Severity
from provisioner.core.values.address import EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.core.values.secret import Secret
from provisioner.errors import ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.sandbox.faults import BadCertificate, SmtpFaults
from provisioner.sandbox.smtp.certificate import create
from provisioner.sandbox.smtp.mailbox import Mailbox
from provisioner.sandbox.smtp.server import SmtpServer
from provisioner.usecases.credentials.send_test import send_test
from provisioner.usecases.credentials.verify import verify_stored
from provisioner.usecases.mail_domain.new_domain import new_domain

EXAMPLE, ME = DomainName.parse("example.com"), EmailAddress.parse("success@simulator.amazonses.com")
Meet = Callable[[SmtpFaults], Edges]

FAULTS = [  # the finding, a word of its remedy, and the code of the error of `send-test` with a word of its hint
    (SmtpFaults(closed=True), "smtp.unreachable", "port 587 or 465", "smtp_unreachable", "587"),
    (SmtpFaults(seconds=30), "smtp.unreachable", "port 587 or 465", "smtp_timeout", "587"),
    (SmtpFaults(certificate=BadCertificate.NAME), "smtp.certificate", "another network", "smtp_certificate", "host"),
    (
        SmtpFaults(certificate=BadCertificate.EXPIRED),
        "smtp.certificate",
        "clock of this machine",
        "smtp_certificate_expired",
        "clock",
    ),
    (SmtpFaults(certificate=BadCertificate.EARLY), "clock.skew", "set the clock", "smtp_certificate_early", "clock"),
    *[
        (SmtpFaults(connect=code), "check.not_run", "repeat in a minute", "smtp_refused", "try again later")
        for code in (421, 451, 454)
    ],
    (SmtpFaults(auth=454), "check.not_run", "repeat in a minute", "smtp_login_refused", "try again later"),
]


@pytest.fixture
def meet(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Meet]:
    """Start both ports with faults; return a world in which example.com is provisioned and mail goes there."""
    new_domain(world.edges, EXAMPLE, Asked(default_region=Region.parse("us-east-1")))
    kept = world.store.kept["example.com"]
    world.store.kept["example.com"] = replace(kept, user_name=KEY_ID, password=Secret(PASSWORD))
    with ExitStack() as stack:

        def start(faults: SmtpFaults) -> Edges:
            made = create(faults.certificate)
            monkeypatch.setenv("SSL_CERT_FILE", str(made.bundle(tmp_path)))
            account = FakeAccount()
            servers = [SmtpServer(account, made, Mailbox(), wrapped=tls, faults=faults) for tls in (False, True)]
            for server in servers:
                server.start()
                stack.callback(server.stop)
            own, wrapped = (f"127.0.0.1:{server.port}" for server in servers)
            return replace(world.edges, mailer=SmtpMailer(own, wrapped, timeout=0.4))

        yield start


@pytest.mark.parametrize(("faults", "finding", "remedy", "code", "hint"), FAULTS, ids=[str(row[2:4]) for row in FAULTS])
def test_each_fault_is_told_for_what_it_is(  # noqa: PLR0913, PLR0917 - a row of the table
    meet: Meet, faults: SmtpFaults, finding: str, remedy: str, code: str, hint: str
) -> None:
    edges = meet(faults)
    found = verify_stored(edges, EXAMPLE, None, None)
    [error] = [one for one in found.findings if one.severity is Severity.ERROR]
    assert (found.verdict, error.id) == (Verdict.UNREACHABLE, finding)
    assert remedy in error.remedy
    with pytest.raises(ProvisionerError) as caught:
        send_test(edges, EXAMPLE, ME)
    assert caught.value.code == code
    assert hint in caught.value.hint


def test_without_starttls_the_other_way_in_still_works(meet: Meet) -> None:
    edges = meet(SmtpFaults(starttls=False))
    found = verify_stored(edges, EXAMPLE, None, None)
    assert found.verdict is Verdict.OK
    assert [(one.id, one.severity) for one in found.findings if one.id != "smtp.ok"] == [
        ("smtp.no_starttls", Severity.WARNING)
    ]
    with pytest.raises(ProvisionerError, match="STARTTLS") as caught:
        send_test(edges, EXAMPLE, ME)
    assert caught.value.code == "smtp_no_starttls"


@pytest.mark.parametrize("code", [421, 451, 454])
def test_a_message_that_is_refused_for_now_does_not_make_the_login_wrong(meet: Meet, code: int) -> None:
    edges = meet(SmtpFaults(mail=code))
    assert verify_stored(edges, EXAMPLE, None, None).verdict is Verdict.OK
    with pytest.raises(ProvisionerError, match=f"answered {code}") as caught:
        send_test(edges, EXAMPLE, ME)
    assert "try again later" in caught.value.hint
