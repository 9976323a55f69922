"""How states of a domain are made that take more than one call."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from gallery.ward import Patient
from provisioner.core.dns.txt import quoted
from provisioner.core.mail_domain.records import desired_records

OTHER_HOST = ("ns1.host.example", "ns2.host.example")
Set = tuple[str, str, tuple[str, ...]]  # name, type, values: TXT without quotes


def both(*changes: Callable[[Patient], object]) -> Callable[[Patient], None]:
    """Make several changes, one after the other."""

    def make(patient: Patient) -> None:
        for change in changes:
            change(patient)

    return make


def hosted(patient: Patient, *more: Set, without: Collection[tuple[str, str]] = (), ttl: int = 300) -> None:
    """Serve the domain's records at another DNS host, with more, and without some."""
    records = [
        (record.name, record.type, record.values)
        for record in desired_records(patient.spec, patient.tokens)
        if (record.name, record.type) not in without
    ]
    site = (patient.domain, "A", ("192.0.2.80",))
    listed = [
        {"name": name, "type": rtype, "ttl": ttl, "values": [_data(rtype, value) for value in values]}
        for name, rtype, values in (site, *records, *more)
    ]
    zone = {"fault": "zone", "zone": patient.domain, "servers": OTHER_HOST, "records": listed}
    patient.knobs.turn(dns=[zone])


def _data(rtype: str, value: str) -> str:
    return quoted(value) if rtype in ("TXT", "SPF") and value[:1] != '"' else value


def second_zone(patient: Patient, *, private: bool = False) -> tuple[str, ...]:
    """Make another hosted zone of the name; return its name servers."""
    vpc: dict[str, Any] = {"VPC": {"VPCRegion": "us-east-1", "VPCId": "vpc-1a2b3c4d"}} if private else {}
    made = patient.ward.client("route53").create_hosted_zone(
        Name=patient.domain, CallerReference=f"second {patient.domain}", **vpc
    )
    return tuple(made.get("DelegationSet", {}).get("NameServers", ()))


def drop_zone(patient: Patient) -> None:
    """Delete the hosted zone and all that is in it."""
    route53 = patient.ward.client("route53")
    for one in route53.list_resource_record_sets(HostedZoneId=patient.zone_id)["ResourceRecordSets"]:
        if one["Type"] not in ("NS", "SOA") or one["Name"] != f"{patient.domain}.":
            patient.delete(one["Name"].rstrip("."), one["Type"])
    route53.delete_hosted_zone(Id=patient.zone_id)


def alias_instead(patient: Patient, name: str, rtype: str, *values: str) -> None:
    """Put records of another type where a CNAME stood."""
    patient.delete(name, "CNAME")
    patient.upsert(name, rtype, *values)


def statement(patient: Patient, **changes: Any) -> dict[str, Any]:
    """The policy of the SMTP user with something else in its statement; None takes a member away."""
    document = json.loads(
        json.dumps(patient.iam.get_user_policy(UserName=patient.user, PolicyName="send-as-domain")["PolicyDocument"])
    )
    one = document["Statement"][0] | changes
    document["Statement"] = [{name: value for name, value in one.items() if value is not None}]
    return dict(document)


def managed(patient: Patient, name: str, effect: str, action: str) -> str:
    """Make a managed policy, and return its ARN."""
    statement_of = {"Effect": effect, "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement_of]})
    made = patient.iam.create_policy(PolicyName=f"{name}-{patient.set}", PolicyDocument=document)
    return str(made["Policy"]["Arn"])
