"""The records of DKIM."""

import base64
from collections.abc import Callable

from gallery.case import Case
from gallery.ward import Patient


def deletes(*numbers: int) -> Callable[[Patient], None]:
    def change(patient: Patient) -> None:
        for number in numbers:
            patient.delete(patient.token(number), "CNAME")

    return change


def instead(number: int, rtype: str, *values: str) -> Callable[[Patient], None]:
    """Put other records in the place of one alias."""

    def change(patient: Patient) -> None:
        patient.delete(patient.token(number), "CNAME")
        patient.upsert(patient.token(number), rtype, *values)

    return change


def moves_the_zone(patient: Patient) -> None:
    deletes(0, 1, 2)(patient)
    patient.delete(patient.mail_from, "MX")
    patient.delete(patient.mail_from, "TXT")
    patient.delete(f"_dmarc.{patient.domain}", "TXT")


def makes_the_identity_anew(patient: Patient) -> None:
    patient.ses.delete_email_identity(EmailIdentity=patient.domain)
    patient.ses.create_email_identity(EmailIdentity=patient.domain, ConfigurationSetName=patient.set)
    patient.ses.put_email_identity_mail_from_attributes(EmailIdentity=patient.domain, MailFromDomain=patient.mail_from)


def points_to(target: str) -> Callable[[Patient], None]:
    return lambda patient: patient.upsert(patient.token(0), "CNAME", target.format(token=patient.tokens[0]))


def by_an_alias(patient: Patient) -> None:
    between = f"{patient.tokens[0]}.dkim.{patient.domain}"
    patient.upsert(between, "CNAME", patient.target(0))
    patient.upsert(patient.token(0), "CNAME", between)


def by_an_alias_and_seen(patient: Patient) -> None:
    by_an_alias(patient)
    patient.knobs.state(patient.domain, dkim={"status": "SUCCESS"})


def under_the_name(change: Callable[[str], str]) -> Callable[[Patient], None]:
    def make(patient: Patient) -> None:
        patient.delete(patient.token(2), "CNAME")
        patient.upsert(change(patient.token(2)), "CNAME", patient.target(2))

    return make


def doubled(patient: Patient) -> None:
    under_the_name(lambda name: f"{name}.{patient.domain}")(patient)


def wildcard_address(patient: Patient) -> None:
    patient.delete(patient.token(1), "CNAME")
    patient.upsert(f"*.{patient.domain}", "A", "192.0.2.1")


def rejects_and_loses_all(patient: Patient) -> None:
    deletes(0, 1, 2)(patient)
    patient.delete(patient.mail_from, "MX")


def has_not_noticed(patient: Patient) -> None:
    points_to("{token}.dkim.wrong.example")(patient)
    patient.knobs.state(patient.domain, dkim={"status": "SUCCESS"})


def elsewhere(*left_out: int, more: str = "") -> Callable[[Patient], None]:
    """Let another DNS host leave some records of DKIM out, and have one more for the first of them."""

    def make(patient: Patient) -> None:
        without = [f"{patient.tokens[number]}._domainkey" for number in left_out]
        patient.elsewhere(*([f"{patient.token(0)}. {more}"] if more else []), without=without)

    return make


def own_key(*values: str) -> Callable[[Patient], None]:
    """Have SES sign with a key of the customer's own, with these values at its selector."""

    def change(patient: Patient) -> None:
        patient.ses.put_email_identity_dkim_signing_attributes(
            EmailIdentity=patient.domain,
            SigningAttributesOrigin="EXTERNAL",
            SigningAttributes={
                "DomainSigningSelector": "mail",
                "DomainSigningPrivateKey": base64.b64encode(bytes(1200)).decode(),
            },
        )
        patient.upsert(f"mail._domainkey.{patient.domain}", "TXT", *values)

    return change


KEY = base64.b64encode(bytes([0x30, 0x81, 0x9F]) + bytes(0x9F)).decode()  # as long as one of 1024 bits
LONG = base64.b64encode(bytes([0x30, 0x82, 0x01, 0x22]) + bytes(0x122)).decode()  # of 2048

CASES = (
    Case("one of the three is missing", deletes(0), ("record.absent error",), says=("provisioner new-domain",)),
    Case("all three are missing", deletes(0, 1, 2), ("dkim.all_absent error",), says=("provisioner new-domain",)),
    Case(
        "the zone was moved without our records",
        moves_the_zone,
        ("dkim.all_absent error",),
        says=("the zone was moved",),
    ),
    Case(
        "the identity was made anew",
        makes_the_identity_anew,
        ("dkim.stale_tokens error",),
        says=("SES has made new ones", "provisioner new-domain"),
    ),
    Case(
        "the target has another suffix",
        points_to("{token}.dkim.eu-west-1.amazonses.com"),
        ("record.wrong error",),
        says=("dkim.eu-west-1.amazonses.com", "dkim.amazonses.com"),
    ),
    Case(
        "the last character of the name is cut off",
        under_the_name(lambda name: name[:31] + name[32:]),
        ("record.absent error",),
        says=("31 of 32 characters",),
    ),
    Case("the zone is in the name twice", doubled, ("record.absent error",), says=("enter the name without",)),
    Case("a proxy is switched on", instead(1, "A", "104.21.0.1"), ("dkim.proxied error",), says=("DNS only",)),
    Case("a wildcard has an address", wildcard_address, ("record.absent error",)),
    Case("the key stands there as TXT", instead(0, "TXT", f"p={KEY}"), ("dkim.txt_instead error",)),
    Case("the alias leads there by another", by_an_alias, ("dkim.indirect warning",)),
    Case("the alias leads there by another, and SES has seen it", by_an_alias_and_seen, also=("dkim.indirect",)),
    Case(
        "SES has not noticed that a record is wrong",
        has_not_noticed,
        ("record.wrong error",),
        also=("ses.behind",),
    ),
    Case(
        "the own policy rejects all mail",
        rejects_and_loses_all,
        ("dmarc.rejects_own_mail error", "dkim.all_absent error"),
        says=("--policy none",),
        admitted={"dmarc": "reject"},
    ),
    Case(
        "two values stand at one name of a zone elsewhere",
        elsewhere(more="CNAME other.example."),
        ("record.wrong error",),
        admitted={"zone": "external"},
    ),
    Case(
        "a zone elsewhere has none",
        elsewhere(0, 1, 2),
        ("dkim.all_absent error",),
        says=("provisioner dns zonefile",),
        admitted={"zone": "external"},
    ),
    Case("a zone elsewhere has all", elsewhere(), admitted={"zone": "external"}),
    Case("a key of one's own", own_key(f"v=DKIM1; p={KEY}")),
    Case("a key of one's own is revoked", own_key("v=DKIM1; p="), ("dkim.revoked error",)),
    Case(
        "a key of one's own is tried out",
        own_key(f"v=DKIM1; t=y; p={KEY}"),
        ("dkim.test_mode warning",),
    ),
    Case("a key of one's own is cut off", own_key(f"v=DKIM1; k=rsa; p={LONG}"[:255]), ("dkim.key_broken error",)),
)
