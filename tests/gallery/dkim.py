"""DKIM: the records, SES's view of them, and keys of one's own."""

from gallery.case import Case
from gallery.making import alias_instead, hosted

KEY = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC" + "x" * 170 + "IDAQAB"


def _moved(patient):
    """The zone was moved to another DNS host without our records."""
    for number in range(3):
        patient.delete(patient.token(number), "CNAME")


def _made_again(patient):
    """The identity was deleted and made again: SES has other tokens now."""
    patient.ses.delete_email_identity(EmailIdentity=patient.domain)
    patient.ses.create_email_identity(EmailIdentity=patient.domain, ConfigurationSetName=patient.set)
    patient.ses.put_email_identity_mail_from_attributes(
        EmailIdentity=patient.domain, MailFromDomain=patient.mail_from, BehaviorOnMxFailure="USE_DEFAULT_VALUE"
    )


def _cut_name(patient):
    patient.delete(patient.token(2), "CNAME")
    patient.upsert(f"{patient.tokens[2][:31]}._domainkey.{patient.domain}", "CNAME", patient.target(2))


def _indirect(patient):
    between = f"{patient.tokens[0]}.dkim.corp.example"
    patient.knobs.external("corp.example", f"{patient.tokens[0]}.dkim CNAME {patient.target(0)}.\n")
    patient.upsert(patient.token(0), "CNAME", between)


CASES = (
    Case("one record is absent", lambda p: p.delete(p.token(0), "CNAME"), ("record.absent error",)),
    Case("all three records are absent", _moved, ("dkim.all_absent error",)),
    Case(
        "a record ends in another suffix than SES signs under",
        lambda p: p.upsert(p.token(0), "CNAME", f"{p.tokens[0]}.dkim.eu-west-9.amazonses.com"),
        ("record.wrong error",),
    ),
    Case("the records are of an identity that was deleted", _made_again, ("dkim.stale_tokens error",)),
    Case("a name was cut off", _cut_name, ("record.absent error",), says=("31",)),
    Case(
        "a record was put behind a proxy",
        lambda p: alias_instead(p, p.token(1), "A", "104.21.0.1"),
        ("dkim.proxied error",),
    ),
    Case(
        "a record was entered with the domain twice",
        lambda p: (p.delete(p.token(2), "CNAME"), p.upsert(f"{p.token(2)}.{p.domain}", "CNAME", p.target(2))),
        ("record.absent error",),
        says=("without",),
    ),
    Case(
        "the key of today stands in place of the CNAME",
        lambda p: alias_instead(p, p.token(0), "TXT", f"p={KEY}"),
        ("dkim.txt_instead error",),
    ),
    Case("the CNAME leads there by another one", _indirect, also=("dkim.indirect",)),
    Case(
        "two values at one name",
        lambda p: hosted(p, (p.token(0), "CNAME", (p.target(0), "foreign.example")), without={(p.token(0), "CNAME")}),
        ("record.wrong error",),
        admitted={"zone": "external"},
        healthy=hosted,
    ),
    Case(
        "signing is switched off",
        lambda p: p.ses.put_email_identity_dkim_attributes(EmailIdentity=p.domain, SigningEnabled=False),
        ("dkim.signing_off error",),
        says=("--repair",),
    ),
)
