"""DMARC by RFC 9989."""

from gallery.case import Case


def _texts(*texts):
    def make(patient):
        values = [text.replace("D.", f"{patient.domain}.").replace("@D", f"@{patient.domain}") for text in texts]
        patient.upsert(f"_dmarc.{patient.domain}", "TXT", *values)

    return make


def _nothing(patient):
    patient.delete(f"_dmarc.{patient.domain}", "TXT")


def _at_mail_from(patient):
    patient.upsert(f"_dmarc.{patient.domain}", "TXT", f"v=DMARC1; p=none; rua=mailto:x@{patient.mail_from}")


def _unsigned_under_reject(patient):
    patient.upsert(f"_dmarc.{patient.domain}", "TXT", "v=DMARC1; p=reject")
    for number in range(3):
        patient.delete(patient.token(number), "CNAME")
    patient.delete(patient.mail_from, "MX")


def _parent(text):
    def make(patient):
        parent = patient.domain.partition(".")[2]
        patient.knobs.records(parent, f"_dmarc.{parent}", "TXT", f'"{text}"')

    return make


BROKEN = {
    "a blank before it": " v=DMARC1; p=none",
    "the version in small letters": "v=dmarc1; p=none",
    "commas": "v=DMARC1, p=none, rua=mailto:d@D",
    "nothing between the tags": "v=DMARC1 p=reject",
    "the version is not first": "p=none; v=DMARC1",
}

CASES = (
    Case(
        "a TXT and a CNAME at once, with another policy behind it",
        lambda p: p.elsewhere("_dmarc CNAME policy", 'policy TXT "v=DMARC1; p=reject"'),
        ("dns.cname_beside_data error",),
        admitted={"zone": "external"},
    ),
    Case("none here nor above", _nothing, ("record.absent error",), says=("new-domain",)),
    Case("two records", _texts("v=DMARC1; p=none", "v=DMARC1; p=reject"), ("dmarc.several_records error",)),
    *(Case(words, _texts(text), ("dmarc.broken error",)) for words, text in BROKEN.items()),
    Case("a policy that is none, and no reports", _texts("v=DMARC1; p=rejct"), ("dmarc.no_policy error",)),
    Case(
        "a policy that is none, and reports",
        _texts("v=DMARC1; p=rejct; rua=mailto:d@D"),
        ("dmarc.no_policy warning",),
    ),
    Case(
        "tags that RFC 9989 took away",
        _texts("v=DMARC1; p=quarantine; pct=25; ri=3600; rf=afrf"),
        ("dmarc.removed_tag warning",),
        also=("dmarc.other_policy",),
        says=("pct", "ri", "rf"),
    ),
    Case(
        "reports of every failed message",
        _texts("v=DMARC1; p=none; ruf=mailto:x@D; fo=1"),
        ("dmarc.failure_reports warning",),
    ),
    Case("SPF is strict", _texts("v=DMARC1; p=none; aspf=s"), ("dmarc.aspf_strict warning",)),
    Case(
        "reports to who did not agree",
        _texts("v=DMARC1; p=none; rua=mailto:x@collector.example"),
        ("dmarc.report_unauthorised warning",),
        says=("._report._dmarc.collector.example",),
    ),
    Case("reports to the MAIL FROM host", _at_mail_from, ("dmarc.rua_at_mail_from error",)),
    Case(
        "addresses without a comma",
        _texts("v=DMARC1; p=none; rua=mailto:a@D mailto:b@D"),
        ("dmarc.invalid_rua warning",),
        says=("comma",),
    ),
    Case("reports by https", _texts("v=DMARC1; p=none; rua=https://D./dmarc"), ("dmarc.invalid_rua warning",)),
    Case(
        "a domain that says it is a suffix",
        _texts("v=DMARC1; p=reject; psd=y"),
        ("dmarc.psd warning",),
        also=("dmarc.other_policy",),
    ),
    Case("only a test", _texts("v=DMARC1; p=reject; t=y"), also=("dmarc.test_mode", "dmarc.other_policy")),
    Case("an SPF record in its place", _texts("v=spf1 -all"), ("record.absent error",), says=("v=spf1 -all",)),
    Case(
        "mail of its own is rejected",
        _unsigned_under_reject,
        ("dmarc.rejects_own_mail error", "dkim.all_absent error"),
        says=("--dmarc none",),
        also=("dmarc.other_policy",),
    ),
)
