"""Each consumer reads its own form, as it was exported, and sends mail with it through the sandbox."""

from collections.abc import Callable
from pathlib import Path

import pytest
from consumers.endpoint import impostor, without_tls
from consumers.machine import run
from consumers.programs import CONSUMERS, SWAKS, Consumer, Mail, debian
from consumers.summary import SUMMARY
from integration.harness import Site

from provisioner.core.credentials.forms.catalogue import FORMATS
from provisioner.core.credentials.forms.gmail import PORTS as GMAIL_PORTS
from provisioner.sandbox.smtp.mailbox import AcceptedMail

RECIPIENT = "someone@elsewhere.test"
OWN, SHOP = (), ("--sender", "shop")
SERVED = {  # by what has to run first, and is started for the first test that needs it
    "Postfix": ("postfix", lambda need: need("relay").send, lambda _: debian("postfix")()),
    "docker run --env-file": (
        "env",
        lambda need: need("engine").send_by_env_file,
        lambda need: need("engine").version(),
    ),
    "docker secret": (
        "docker-secret",
        lambda need: need("engine").send_by_secret,
        lambda need: need("engine").version(),
    ),
}
# They know no option in MAILER_DSN that requires STARTTLS (Symfony since 7.3): docs/credentials.md says to use 465.
OPPORTUNISTIC = ("Nodemailer (MAILER_DSN)", "Symfony Mailer")
NAMES = [*(consumer.name for consumer in CONSUMERS), *SERVED]
LOGINS = [
    pytest.param(OWN, 587, id="own-587"),
    pytest.param(SHOP, 587, id="sender-587"),
    pytest.param(SHOP, 25, id="sender-25"),
    pytest.param(OWN, 465, id="own-465"),
    pytest.param(SHOP, 2587, id="sender-2587"),
    pytest.param(OWN, 2465, id="own-2465"),
]


@pytest.fixture(params=NAMES, ids=lambda name: name.replace(" ", "_"))
def consumer(request: pytest.FixtureRequest) -> Consumer:
    """One consumer, ready to read its form."""
    if request.param not in SERVED:
        return next(consumer for consumer in CONSUMERS if consumer.name == request.param)
    fmt, send, version = SERVED[request.param]
    need = request.getfixturevalue
    return Consumer(request.param, fmt, send(need), lambda: version(need))


def test_every_format_has_a_consumer_here() -> None:
    assert {consumer.format for consumer in CONSUMERS} | {fmt for fmt, _, _ in SERVED.values()} == set(FORMATS)


@pytest.mark.parametrize(("options", "port"), LOGINS)
def test_a_consumer_sends_with_the_form_as_it_was_exported(  # noqa: PLR0913, PLR0917 - a form, its reader and two ends
    consumer: Consumer,
    options: tuple[str, ...],
    port: int,
    export: Callable[..., Path],
    arrived: Callable[[str], AcceptedMail],
    request: pytest.FixtureRequest,
) -> None:
    if consumer.format == "gmail" and port not in GMAIL_PORTS:
        return  # there is no such form, as tests/core/credentials/forms has it
    form = export(consumer.format, "--port", str(port), *options)
    subject = request.node.name
    sent = consumer.send(form, Mail(RECIPIENT, subject))
    assert sent.ok, sent.output
    mail = arrived(subject)
    assert mail.from_address == ("orders@example.com" if options else consumer.usual)
    assert mail.user_arn.endswith("/example.com+shop" if options else "/example.com")
    assert (mail.recipients, mail.configuration_set) == ((RECIPIENT,), "example-com")
    if port == 587:
        SUMMARY.rows.append(
            (consumer.name, consumer.format, consumer.version(), f"{mail.from_address} {mail.message_id}")
        )


def test_no_consumer_gives_its_password_to_an_impostor(
    consumer: Consumer, export: Callable[..., Path], site: Site, zone: str, request: pytest.FixtureRequest
) -> None:
    form = export(consumer.format)
    with impostor(site, zone) as tried:
        sent = consumer.send(form, Mail(RECIPIENT, request.node.name))
    assert not sent.ok
    assert tried == []
    assert request.node.name not in [mail.subject for mail in site.sandbox.mailbox.messages()]


def test_no_consumer_sends_its_password_in_the_clear(
    consumer: Consumer, export: Callable[..., Path], site: Site, zone: str, request: pytest.FixtureRequest
) -> None:
    port = 465 if consumer.name in OPPORTUNISTIC else 587
    form = export(consumer.format, "--port", str(port))
    with without_tls(site, zone, port) as tried:
        sent = consumer.send(form, Mail(RECIPIENT, request.node.name))
    assert not sent.ok
    assert tried == []


def test_the_impostor_takes_passwords_from_who_does_not_check_its_certificate(
    export: Callable[..., Path], site: Site, zone: str
) -> None:
    form = export("env")
    careless = f'. "$1"; SMTP_FROM=a@example.com; {SWAKS.replace("--tls-verify", "--tls-protocol TLSv1_2")}'
    with impostor(site, zone) as tried:
        run("sh", "-c", careless, "sh", str(form), RECIPIENT, "careless")
    assert tried != []


def test_a_form_is_private(export: Callable[..., Path]) -> None:
    assert export("msmtp").stat().st_mode & 0o777 == 0o600


def test_a_secret_of_kubernetes_keeps_to_its_schema(export: Callable[..., Path]) -> None:
    import kubernetes_validate as library  # noqa: PLC0415 - slow to load
    import yaml  # noqa: PLC0415 - beside the schema

    secret, _ = yaml.safe_load_all(export("k8s-secret").read_text())
    for version in ("1.33", "1.36"):
        assert library.validate(secret, version, strict=True) == version
    with pytest.raises(library.ValidationError):
        library.validate({**secret, "data": {"SMTP_PORT": 587}}, "1.36", strict=True)
