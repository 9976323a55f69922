"""The identity of a domain at SES, and others beside it."""

from collections.abc import Callable
from typing import Any

from gallery.case import Case
from gallery.ward import Patient


def deletes_it(patient: Patient) -> None:
    patient.ses.delete_email_identity(EmailIdentity=patient.domain)


def makes_it_elsewhere(patient: Patient) -> None:
    deletes_it(patient)
    patient.ward.client("sesv2", "eu-west-1").create_email_identity(EmailIdentity=patient.domain)


def switches_signing_off(patient: Patient) -> None:
    patient.ses.put_email_identity_dkim_attributes(EmailIdentity=patient.domain, SigningEnabled=False)


def takes_mail_from_away(patient: Patient) -> None:
    patient.ses.put_email_identity_mail_from_attributes(EmailIdentity=patient.domain)


def rejects_without_mx(patient: Patient) -> None:
    patient.ses.put_email_identity_mail_from_attributes(
        EmailIdentity=patient.domain, MailFromDomain=patient.mail_from, BehaviorOnMxFailure="REJECT_MESSAGE"
    )


def verifies_an_address(patient: Patient) -> None:
    patient.ses.create_email_identity(EmailIdentity=f"info@{patient.domain}")


def verifies_another_address(patient: Patient) -> None:
    patient.ses.create_email_identity(EmailIdentity=f"info@not{patient.domain}")


def has_a_subdomain(patient: Patient, *, signs: bool) -> None:
    name = f"news.{patient.domain}"
    made = patient.ses.create_email_identity(EmailIdentity=name)
    for token in made["DkimAttributes"]["Tokens"]:
        patient.upsert(f"{token}._domainkey.{name}", "CNAME", f"{token}.{patient.spec.signing_hosted_zone}")
    patient.ses.put_email_identity_dkim_attributes(EmailIdentity=name, SigningEnabled=signs)


def puts_a_site_there(patient: Patient) -> None:
    patient.upsert(patient.mail_from, "A", "192.0.2.10")


def says(**states: Any) -> Callable[[Patient], None]:
    """Let SES say so, whatever DNS has."""
    return lambda patient: patient.knobs.state(patient.domain, **states)


def gave_up(what: str) -> Callable[[Patient], None]:
    return says(**{what: {"status": "FAILED", "error": "HOST_NOT_FOUND"} if what == "dkim" else {"status": "FAILED"}})


PENDING, HOUR = {"status": "PENDING"}, 3600

CASES = (
    Case("the identity is deleted", deletes_it, ("ses.no_identity error",), says=("provisioner new-domain",)),
    Case(
        "the identity is in another region",
        makes_it_elsewhere,
        ("identity.elsewhere error",),
        says=("eu-west-1", "us-east-1"),
    ),
    Case(
        "DKIM signing is off",
        switches_signing_off,
        ("dkim.signing_off error",),
        says=("mail goes out unsigned", "provisioner new-domain"),
    ),
    Case(
        "MAIL FROM is taken away",
        takes_mail_from_away,
        ("mailfrom.not_set error",),
        says=("amazonses.com", "provisioner new-domain"),
    ),
    Case("mail is refused without MX, by choice", rejects_without_mx),
    Case(
        "an address of the domain is an identity of its own",
        verifies_an_address,
        ("identity.address_overrides error",),
        says=("unsigned", "aws sesv2 delete-email-identity --email-identity info@"),
    ),
    Case("an address of another domain is verified", verifies_another_address),
    Case(
        "a subdomain is an identity that does not sign",
        lambda patient: has_a_subdomain(patient, signs=False),
        ("identity.subdomain_overrides warning",),
    ),
    Case("a subdomain is an identity that signs", lambda patient: has_a_subdomain(patient, signs=True)),
    Case(
        "SES gave DKIM up, and the records are right",
        gave_up("dkim"),
        ("ses.gave_up error",),
        says=("within 72 hours", "provisioner new-domain"),
    ),
    Case("SES gave MAIL FROM up, and the MX is right", gave_up("mail_from"), ("ses.gave_up error",)),
    Case("SES did not find DKIM at its last look", says(dkim={"status": "TEMPORARY_FAILURE"}), also=("ses.behind",)),
    Case(
        "SES did not find the MX at its last look",
        says(mail_from={"status": "TEMPORARY_FAILURE"}),
        also=("ses.behind",),
    ),
    Case("SES looks for DKIM since ten minutes", says(dkim=PENDING, age=600), also=("ses.pending",)),
    Case(
        "SES looks for DKIM since two days",
        says(dkim={**PENDING, "error": "HOST_NOT_FOUND"}, age=50 * HOUR),
        ("ses.pending warning",),
        says=("50 hours", "21 hours more", "do not exist in public DNS"),
    ),
    Case("SES looks for the MX", says(mail_from=PENDING), also=("ses.pending",)),
    Case(
        "SES gets no answer from the name servers, and we do",
        says(dkim={**PENDING, "error": "DNS_SERVER_ERROR"}, age=HOUR),
        ("ses.sees_otherwise warning",),
    ),
    Case(
        "the identity whose key it shares is gone",
        says(dkim={"status": "FAILED", "error": "REPLICATION_PRIMARY_NOT_FOUND"}, origin="AWS_SES_EU_WEST_1"),
        ("identity.replica_orphan error",),
        says=("eu-west-1",),
    ),
    Case("a site is at the MAIL FROM host", puts_a_site_there, also=("mailfrom.shared_host",)),
)
