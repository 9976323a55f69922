"""The records of the MAIL FROM host, and what SES makes of them."""

from gallery.case import Case
from gallery.ward import Patient


def adds_an_mx(patient: Patient) -> None:
    host = patient.spec.region.feedback_host
    patient.upsert(patient.mail_from, "MX", f"10 {host}", "20 mx.example.net")


def loses_the_mx_and_is_given_up(patient: Patient) -> None:
    patient.delete(patient.mail_from, "MX")
    patient.knobs.state(patient.domain, mail_from={"status": "FAILED"})


CASES = (
    Case(
        "the MX of MAIL FROM is missing",
        lambda patient: patient.delete(patient.mail_from, "MX"),
        ("record.absent error",),
        also=("ses.behind",),
        says=("feedback-smtp.us-east-1.amazonses.com", "provisioner new-domain"),
    ),
    Case("a second MX stands at MAIL FROM", adds_an_mx, ("record.wrong error",), says=("exactly one MX",)),
    Case(
        "SPF at MAIL FROM is missing, and SES says SUCCESS",
        lambda patient: patient.delete(patient.mail_from, "TXT"),
        ("record.absent error",),
        also=("ses.behind",),
    ),
    Case("SES gave up a MAIL FROM whose MX is missing", loses_the_mx_and_is_given_up, ("record.absent error",)),
)
