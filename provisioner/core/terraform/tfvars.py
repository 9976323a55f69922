"""The variables of a domain's Terraform root: values only, no expression is ever built from them."""

from collections.abc import Iterator

from provisioner.core.dns.txt import ROUTE_53, chunks, escaped, strings
from provisioner.core.mail_domain.records import Purpose, Record, static_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.values.resource_names import sender_user_name


def tfvars(spec: MailDomain) -> dict[str, object]:
    """Return the content of `terraform.tfvars.json`; Terraform makes the DKIM records itself, from the tokens."""
    return {
        "account": spec.account,
        "ignore_tags": {"keys": list(spec.ignore_tags.keys), "key_prefixes": list(spec.ignore_tags.prefixes)},
        "region": spec.region.name,
        "mail_domain": {
            "name": spec.domain.ascii,
            "zone": {"mode": spec.zone.mode, "id": spec.zone.id, "delegation_set_id": spec.delegation_set},
            "mail_from": spec.mail_from,
            "configuration_set": spec.configuration_set,
            "sending_enabled": spec.sending_enabled,
            "tls_policy": spec.tls.upper(),
            "signing_hosted_zone": spec.signing_hosted_zone,
            "smtp_user": spec.iam_user,
            "permissions_boundary": spec.permissions_boundary.arn,
            "senders": {
                sender.name: {"user": sender_user_name(spec.domain, sender.name), "local_part": sender.local_part}
                for sender in spec.senders.listed
            },
            "tags": dict(spec.tags),
            "identity_tags": dict(spec.identity_tags),
            "records": {str(record.purpose): _record(record) for record in _terraform_s(spec)},
            **({"feedback_topic_arn": spec.feedback_topic} if spec.feedback_topic else {}),
        },
    }


def _terraform_s(spec: MailDomain) -> Iterator[Record]:
    """Go through the records that Terraform writes: not the TXT set at the domain where others share it."""
    return (record for record in static_records(spec) if record.purpose is not Purpose.SPF or not spec.shares_apex)


def _record(record: Record) -> dict[str, object]:
    values = list(record.values)
    if record.type == "TXT":
        values = [raw_txt(raw) for raw in record.raw] or [_txt(value) for value in record.values]
    return record.to_document() | {"values": values}


def raw_txt(raw: str) -> str:
    """Return an existing value in the form of `aws_route53_record`, which puts the outer quotes back: as it stands."""
    return raw.strip()[1:-1] if strings(raw) != (raw,) else raw


def _txt(value: str) -> str:
    """Return the form of `aws_route53_record`, which adds the outer quotes itself and sends the rest as it is."""
    return '""'.join(escaped(chunk, ROUTE_53) for chunk in chunks(value))
