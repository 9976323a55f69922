"""What is odd and well: each is somebody's complaint about another checker."""

import json

import boto3

from gallery.access import statement
from gallery.case import Case


def _text(*texts, more=()):
    def make(patient):
        for name, rtype, *values in more:
            patient.upsert(f"{name}.{patient.domain}", rtype, *(value.replace("D", patient.domain) for value in values))
        patient.upsert(patient.domain, "TXT", *(text.replace("D", patient.domain) for text in texts))

    return make


def _ten_lookups(patient):
    for number in range(8):
        patient.upsert(f"mx{number}.{patient.domain}", "A", f"192.0.2.{number + 1}")
    for number in range(9):
        patient.upsert(f"_i{number}.{patient.domain}", "TXT", "v=spf1 ip4:192.0.2.9 -all")
    patient.upsert(patient.domain, "MX", *(f"10 mx{number}.{patient.domain}" for number in range(8)))
    terms = " ".join(f"include:_i{number}.{patient.domain}" for number in range(9))
    patient.upsert(patient.domain, "TXT", f"v=spf1 mx {terms} ~all")


def _dmarc(*texts):
    def make(patient):
        patient.upsert(f"_dmarc.{patient.domain}", "TXT", *(text.replace("@D", f"@{patient.domain}") for text in texts))

    return make


def _consented(text):
    def make(patient):
        patient.knobs.external(
            "collector.example",
            f'{patient.domain}._report._dmarc TXT "{text}"\n@ A 192.0.2.5\n',
        )
        patient.upsert(f"_dmarc.{patient.domain}", "TXT", "v=DMARC1; p=none; rua=mailto:x@collector.example")

    return make


def _elsewhere_too(patient):
    other = boto3.client("sesv2", "eu-west-1")
    other.create_email_identity(EmailIdentity=patient.domain)
    other.put_email_identity_mail_from_attributes(
        EmailIdentity=patient.domain,
        MailFromDomain=f"bounce-eu.{patient.domain}",
        BehaviorOnMxFailure="USE_DEFAULT_VALUE",
    )


def _metrics_group(patient):
    group = f"metrics-{patient.set}"
    patient.iam.create_group(GroupName=group)
    allow = {"Effect": "Allow", "Action": "cloudwatch:GetMetricData", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    patient.iam.put_group_policy(GroupName=group, PolicyName="metrics", PolicyDocument=document)
    patient.iam.add_user_to_group(GroupName=group, UserName=patient.user)


def _secure(patient):
    condition = {
        "StringLike": {"ses:FromAddress": f"*@{patient.domain}"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    patient.policy(statement(patient, Condition=condition))


CASES = (
    Case(
        "SPF at the domain without SES",
        _text("v=spf1 include:_spf.D -all", more=(("_spf", "TXT", "v=spf1 ip4:192.0.2.1 -all"),)),
        also=("spf.without_include",),
    ),
    Case(
        "SPF is a redirect",
        _text("v=spf1 redirect=_spf.D", more=(("_spf", "TXT", "v=spf1 include:amazonses.com ~all"),)),
    ),
    Case("SPF with macros", _text("v=spf1 include:amazonses.com exists:%{i}._spf.%{d2} ~all")),
    Case("a soft end of SPF under reject", _dmarc("v=DMARC1; p=reject"), also=("dmarc.other_policy",)),
    Case(
        "SPF allows five more senders",
        _text(
            "v=spf1 include:amazonses.com ip4:192.0.2.1 ip4:192.0.2.2 ip4:192.0.2.3 ip4:198.51.100.0/24 "
            "ip6:2001:db8::/32 ~all"
        ),
    ),
    Case("exactly ten lookups, one of them mx of eight hosts", _ten_lookups, also=("spf.without_include",)),
    Case("two void lookups", _text("v=spf1 include:amazonses.com a:x1.D a:x2.D ~all")),
    Case("SPF in two strings that are split inside a word", _text('"v=spf1 include:amazo" "nses.com ~all"')),
    Case(
        "a verification beside the SPF record of MAIL FROM",
        lambda p: p.upsert(p.mail_from, "TXT", "v=spf1 include:amazonses.com ~all", "verification=abc"),
    ),
    Case("DMARC as people write it", _dmarc("v=DMARC1; adkim=r; P=None")),
    Case("reports to a collector that agreed", _consented("v=DMARC1;")),
    Case("reports to a collector that agreed in full", _consented("v=DMARC1; rua=mailto:x@collector.example")),
    Case(
        "a verification beside the DMARC record",
        _dmarc("v=DMARC1; p=none", "verification=abc"),
    ),
    Case("mail is received elsewhere", lambda p: p.upsert(p.domain, "MX", "1 aspmx.l.google.com")),
    Case("no MX, and an address", lambda p: p.upsert(p.domain, "A", "192.0.2.80")),
    Case("no certificates are issued", lambda p: p.upsert(p.domain, "CAA", '0 issue ";"')),
    Case(
        "a target in other letters",
        lambda p: p.upsert(p.token(0).upper(), "CNAME", f"{p.target(0).upper()}."),
    ),
    Case("another TTL for each", lambda p: p.upsert(p.mail_from, "MX", f"10 {p.spec.region.feedback_host}", ttl=86400)),
    Case("a domain of other letters", lambda p: None, admitted={"name": "münchen-{number}.de"}),
    Case(
        "the operator's own address is verified",
        lambda p: p.ses.create_email_identity(EmailIdentity=f"operator-{p.set}@example.org"),
    ),
    Case("the domain is in a second region too", _elsewhere_too),
    Case("the MAIL FROM host is named otherwise", lambda p: None, admitted={"mail_from": "mail"}),
    Case(
        "mail is refused when MAIL FROM fails, by choice",
        lambda p: p.ses.put_email_identity_mail_from_attributes(
            EmailIdentity=p.domain, MailFromDomain=p.mail_from, BehaviorOnMxFailure="REJECT_MESSAGE"
        ),
    ),
    Case("a policy with one more condition", _secure),
    Case("a group that lets the user read metrics", _metrics_group, also=("iam.more_than_mail",)),
    Case(
        "a wildcard MX for all mail",
        lambda p: p.upsert(f"*.{p.domain}", "MX", "10 mail.example.net"),
        also=("dns.wildcard",),
    ),
    Case(
        "a cache still has the old absence",
        lambda p: p.knobs.records(p.domain, p.token(0), "CNAME", server="resolver"),
        also=("dns.cache_behind",),
    ),
)
