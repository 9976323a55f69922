"""MAIL FROM: its records, and SPF there; and who else may send as the identity."""

import json

from gallery.case import Case
from gallery.ward import Patient


def loses_the_mx_and_is_given_up(patient: Patient) -> None:
    patient.delete(patient.mail_from, "MX")
    patient.knobs.state(patient.domain, mail_from={"status": "FAILED"})


def _policy(effect, principal, action):
    def make(patient):
        arn = f"arn:aws:ses:us-east-1:123456789012:identity/{patient.domain}"
        statement = {"Effect": effect, "Principal": principal, "Action": action, "Resource": arn}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        patient.ses.create_email_identity_policy(EmailIdentity=patient.domain, PolicyName="theirs", Policy=document)

    return make


CASES = (
    Case(
        "another account may send as the domain",
        _policy("Allow", {"AWS": "arn:aws:iam::999988887777:root"}, "ses:SendEmail"),
        ("identity.open_to_account warning",),
        says=("999988887777",),
    ),
    Case(
        "a policy of the identity denies sending",
        _policy("Deny", "*", "ses:SendRawEmail"),
        ("identity.policy_denies error",),
        says=("theirs",),
    ),
    Case(
        "a second MX at the MAIL FROM host",
        lambda p: p.upsert(p.mail_from, "MX", f"10 {p.spec.region.feedback_host}", "20 mx.example.net"),
        ("record.wrong error",),
        says=("one",),
    ),
    Case(
        "the MX of another region",
        lambda p: p.upsert(p.mail_from, "MX", "10 feedback-smtp.eu-west-1.amazonses.com"),
        ("record.wrong error",),
        says=("eu-west-1", "us-east-1"),
    ),
    Case("the MX is absent", lambda p: p.delete(p.mail_from, "MX"), ("record.absent error",)),
    Case("the SPF record of MAIL FROM is absent", lambda p: p.delete(p.mail_from, "TXT"), ("record.absent error",)),
    Case(
        "two SPF records at the MAIL FROM host",
        lambda p: p.upsert(p.mail_from, "TXT", "v=spf1 include:amazonses.com ~all", "v=spf1 mx ~all"),
        ("record.wrong error",),
    ),
    Case(
        "SES gets softfail at the MAIL FROM host",
        lambda p: p.upsert(p.mail_from, "TXT", "v=spf1 ~include:amazonses.com -all"),
        ("record.wrong error",),
    ),
    Case(
        "SES stands behind all at the MAIL FROM host",
        lambda p: p.upsert(p.mail_from, "TXT", "v=spf1 -all include:amazonses.com"),
        ("record.wrong error",),
    ),
    Case("a null MX at the MAIL FROM host", lambda p: p.upsert(p.mail_from, "MX", "0 ."), ("record.wrong error",)),
    Case("SES gave up a MAIL FROM whose MX is missing", loses_the_mx_and_is_given_up, ("record.absent error",)),
)
