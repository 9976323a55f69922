"""Domains in the sandbox that are as `new-domain` leaves them, made in a moment: without Terraform, by boto3.

That the doctor finds Terraform's own as well as these is held by `tests/integration/test_drift_of_a_domain.py`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import boto3
from knobs import Knobs
from moto.cloudwatch.models import cloudwatch_backends

from provisioner.cli.frame.output import StderrProgress
from provisioner.core.asked.decisions import Decisions, ResolvedMode, ResolvedZone
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Request
from provisioner.core.checks.catalogue import CHECKS
from provisioner.core.checks.diagnosis import Diagnosis
from provisioner.core.credentials.credential import SmtpCredential
from provisioner.core.dns.answers import Found
from provisioner.core.dns.txt import quoted
from provisioner.core.mail_domain.records import Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain, spec_of
from provisioner.core.values.domain import DomainName
from provisioner.core.values.secret import Secret
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.ports.doctor import DoctorEdges
from provisioner.sandbox.zones import ACCOUNT
from provisioner.usecases.doctor.diagnosis import diagnosed
from provisioner.wiring.doctor import doctor_edges
from provisioner.wiring.settings import Settings

POLICY = "send-as-domain"
HEAD = """\
$TTL 300
@ SOA ns1.host.example. hostmaster.host.example. 1 7200 900 1209600 300
@ NS ns1.host.example.
@ NS ns2.host.example."""


@dataclass
class Patient:
    """One domain in the sandbox, and what may be done to it."""

    ward: Ward
    spec: MailDomain
    zone_id: str | None
    tokens: tuple[str, ...]
    key_id: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        return self.spec.domain.ascii

    @property
    def mail_from(self) -> str:
        return self.spec.mail_from

    @property
    def set(self) -> str:
        return self.spec.configuration_set

    @property
    def user(self) -> str:
        return self.spec.iam_user

    @property
    def ses(self) -> Any:
        return self.ward.client("sesv2")

    @property
    def iam(self) -> Any:
        return self.ward.client("iam")

    @property
    def knobs(self) -> Knobs:
        return self.ward.knobs

    def token(self, number: int) -> str:
        """The name of a DKIM CNAME."""
        return f"{self.tokens[number]}._domainkey.{self.domain}"

    def target(self, number: int) -> str:
        """What a DKIM CNAME must point to."""
        return f"{self.tokens[number]}.{self.spec.signing_hosted_zone}"

    def upsert(self, name: str, rtype: str, *values: str, ttl: int = 300) -> None:
        """Put a record set into the zone; TXT values without quotes."""
        bare = rtype in ("TXT", "SPF")
        written = [quoted(value) if bare and value[:1] != '"' else value for value in values]
        self._change("UPSERT", name, rtype, written, ttl)

    def delete(self, name: str, rtype: str) -> None:
        """Take a record set out of the zone."""
        sets = self.ward.client("route53").list_resource_record_sets(HostedZoneId=self.zone_id)["ResourceRecordSets"]
        (found,) = [one for one in sets if (one["Name"], one["Type"]) == (f"{name}.", rtype)]
        self._change("DELETE", name, rtype, [one["Value"] for one in found["ResourceRecords"]], found["TTL"])

    def serve(self, *lines: str) -> None:
        """Let another DNS host have these lines, and no others, in the zone of a domain whose DNS is elsewhere."""
        self.knobs.external(self.domain, "\n".join((HEAD, *lines, "")))

    def _change(self, action: str, name: str, rtype: str, values: Sequence[str], ttl: int) -> None:
        records = [{"Value": value} for value in values]
        change = {"Name": name, "Type": rtype, "TTL": ttl, "ResourceRecords": records}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": change}]}
        self.ward.client("route53").change_resource_record_sets(HostedZoneId=self.zone_id, ChangeBatch=batch)

    def elsewhere(self, *lines: str, without: Sequence[str] = ()) -> None:
        """Serve the zone from another DNS host: as it shall be, without what is at or below names, with other lines."""
        names = tuple(self.domain if name == "@" else f"{name}.{self.domain}" for name in without)
        own = Record(self.domain, "MX", 300, ("10 mx.mailhost.example",))  # somebody receives its mail
        kept = [one for one in (own, *desired_records(self.spec, self.tokens)) if not _is_at(one.name, names)]
        self.serve(*(line for record in kept for line in zone_file_lines(record)), *lines)

    def policy(self, document: dict[str, Any] | None) -> None:
        """Give the SMTP user this policy in place of its own, or none."""
        if document is None:
            self.iam.delete_user_policy(UserName=self.user, PolicyName=POLICY)
        else:
            self.iam.put_user_policy(UserName=self.user, PolicyName=POLICY, PolicyDocument=json.dumps(document))

    def diagnosis(self) -> Diagnosis:
        """What the doctor finds."""
        identities: Any = self.ward.world.edges.identities
        identities.ses_account.cache_clear()  # a run of the program asks once
        return diagnosed(self.ward.world, self.spec.domain, CHECKS)


def _is_at(name: str, places: Sequence[str]) -> bool:
    return any(name == place or (place.count(".") > 1 and name.endswith(f".{place}")) for place in places)


class Ward:
    """A sandbox that runs in this process, with a home."""

    def __init__(self, home: Path) -> None:
        self.client = cache(boto3.client)
        self.knobs = Knobs(os.environ["AWS_ENDPOINT_URL"])
        self.world: DoctorEdges = self._open(home)
        self._numbers = count(1)

    @staticmethod
    def _open(home: Path) -> DoctorEdges:
        settings = Settings.read(os.environ, home=home, region=None, profile=None)
        return doctor_edges(settings, StderrProgress(quiet=True, verbose=False))

    @contextmanager
    def restored(self) -> Iterator[None]:
        """Take back in the end what was done to all domains at once: knobs, and the account."""
        try:
            yield
        finally:
            self.knobs.clear()
            self.client("sesv2").put_account_sending_attributes(SendingEnabled=True)
            self.client("sesv2").put_account_suppression_attributes(SuppressedReasons=["BOUNCE", "COMPLAINT"])
            for backend in cloudwatch_backends[ACCOUNT].values():
                backend.metric_data.clear()

    def addresses(self, server: str) -> tuple[str, ...]:
        """Where a name server of the sandbox is asked."""
        found = self.world.edges.resolver.lookup(server, "A")
        assert isinstance(found, Found)
        return found.values

    def admit(self, name: str | None = None, *, zone: str = "create", **options: str) -> Patient:
        """Put a domain on the sandbox's SES; with `zone="external"` another DNS host serves it.

        `{number}` in a name is one that no other domain has.
        """
        domain = DomainName.parse((name or "patient{number}.com").format(number=next(self._numbers)))
        request = Request.parse(os.environ["AWS_REGION"], **options)
        hosted = self._zone(domain) if zone == "create" else None
        mode = ResolvedMode.CREATED if hosted else ResolvedMode.EXTERNAL
        decided = Decisions(ResolvedZone(mode, domain.ascii, None), dmarc_inherited=False)
        spec = spec_of(domain, request, decided, None)
        patient = Patient(self, spec, hosted, self._identity(spec))
        with self.world.edges.workspaces.open(domain) as workspace:
            workspace.remember(Remembered(request, decided, ACCOUNT, hosted))
        if hosted:
            for record in desired_records(spec, patient.tokens):
                patient.upsert(record.name, record.type, *record.values)
            patient.upsert(domain.ascii, "MX", "10 mx.mailhost.example")  # somebody receives its mail
        else:
            patient.elsewhere()
        self._mail_from(spec)
        patient.key_id, *_ = [self._user(spec, user) for user in spec.smtp_users]
        return patient

    def _zone(self, domain: DomainName) -> str:
        answer = self.client("route53").create_hosted_zone(Name=domain.ascii, CallerReference=domain.ascii)
        return str(answer["HostedZone"]["Id"].removeprefix("/hostedzone/"))

    def _identity(self, spec: MailDomain) -> tuple[str, ...]:
        ses, tags = self.client("sesv2"), [{"Key": key, "Value": value} for key, value in spec.tags.items()]
        ses.create_configuration_set(
            ConfigurationSetName=spec.configuration_set,
            DeliveryOptions={"TlsPolicy": spec.tls.upper()},
            ReputationOptions={"ReputationMetricsEnabled": True},
            SendingOptions={"SendingEnabled": True},
            SuppressionOptions={"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
            Tags=tags,
        )
        ses.create_email_identity(
            EmailIdentity=spec.domain.ascii,
            ConfigurationSetName=spec.configuration_set,
            DkimSigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
            Tags=[*tags, *({"Key": key, "Value": value} for key, value in spec.identity_tags.items())],
        )
        return tuple(ses.get_email_identity(EmailIdentity=spec.domain.ascii)["DkimAttributes"]["Tokens"])

    def _mail_from(self, spec: MailDomain) -> None:
        self.client("sesv2").put_email_identity_mail_from_attributes(
            EmailIdentity=spec.domain.ascii,
            MailFromDomain=spec.mail_from,
            BehaviorOnMxFailure="USE_DEFAULT_VALUE",
        )

    def _user(self, spec: MailDomain, user: SmtpUser) -> str:
        iam = self.client("iam")
        iam.create_user(UserName=user.iam_user, Path="/provisioner/smtp/")
        document = json.dumps(sending_policy(spec, user))
        iam.put_user_policy(UserName=user.iam_user, PolicyName=POLICY, PolicyDocument=document)
        key = iam.create_access_key(UserName=user.iam_user)["AccessKey"]
        secret = Secret(key["SecretAccessKey"])
        self.world.edges.store.save(SmtpCredential.derived(user, spec.region, key["AccessKeyId"], secret))
        return str(key["AccessKeyId"])


def zone_file_lines(record: Record) -> list[str]:
    """What a zone file has for a record, one value a line."""
    ends = {"CNAME": "{}.", "MX": "{}.", "TXT": '"{}"'}
    return [f"{record.name}. {record.type} {ends[record.type].format(value)}" for value in record.values]


def sending_policy(spec: MailDomain, user: SmtpUser) -> dict[str, Any]:
    """The policy of `terraform/modules/smtp-user`."""
    sender = next((one for one in spec.senders.listed if one.name == user.sender), None)
    arn, local_part = f"arn:aws:ses:{spec.region}:{ACCOUNT}", sender.local_part if sender else "*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "ses:SendRawEmail",
                "Resource": [f"{arn}:identity/*", f"{arn}:configuration-set/{spec.configuration_set}"],
                "Condition": {
                    "StringLike": {"ses:FromAddress": f"{local_part}@{spec.domain.ascii}"},
                    "StringLikeIfExists": {"ses:FeedbackAddress": f"*@{spec.domain.ascii}"},
                },
            }
        ],
    }
