"""Changing one record set on Route 53: AWS decides whether it still is what we looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from provisioner.adapters.aws.route53 import Route53Zones
from provisioner.core.mail_domain.records import Record
from provisioner.errors import ProvisionerError, Refused

NAME = "_dmarc.example.com"


class OneClient:
    """A session with a client that answers what it was told."""

    def __init__(self) -> None:
        self._route53 = boto3.client("route53", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        self.stub = Stubber(self._route53)

    def client(self, _service: str) -> Any:
        return self._route53


@pytest.fixture
def session() -> OneClient:
    return OneClient()


def record(*raw: str, ttl: int = 300) -> Record:
    return Record(NAME, "TXT", ttl, tuple(value.strip('"') for value in raw), raw)


def described(found: Record) -> dict[str, Any]:
    return {"Name": NAME, "Type": "TXT", "TTL": found.ttl, "ResourceRecords": [{"Value": value} for value in found.raw]}


def expected(before: Record, after: Record) -> Mapping[str, Any]:
    changes = [{"Action": a, "ResourceRecordSet": described(r)} for a, r in (("DELETE", before), ("CREATE", after))]
    return {"HostedZoneId": "Z1", "ChangeBatch": {"Changes": changes}}


def replaced(session: OneClient, before: Record, after: Record) -> None:
    with session.stub:
        Route53Zones(session).replace("Z1", before, after)  # type: ignore[arg-type]  # all that it asks of a session
    session.stub.assert_no_pending_responses()


def refuses(session: OneClient, live: Sequence[Record]) -> None:
    session.stub.add_client_error("change_resource_record_sets", "InvalidChangeBatch", "values do not match")
    listed = {"ResourceRecordSets": [described(r) for r in live], "IsTruncated": False, "MaxItems": "100"}
    session.stub.add_response("list_resource_record_sets", listed)


def test_the_old_set_is_deleted_exactly_and_the_new_one_created_in_one_batch(session: OneClient) -> None:
    before, after = record('"v=DMARC1;" " p=none"', '"stray"'), record('"v=DMARC1; p=reject"', '"stray"')
    done = {"ChangeInfo": {"Id": "/change/C1", "Status": "PENDING", "SubmittedAt": "2026-11-22T00:00:00Z"}}
    session.stub.add_response("change_resource_record_sets", done, expected(before, after))
    replaced(session, before, after)


def test_a_set_that_was_changed_meanwhile_stays(session: OneClient) -> None:
    refuses(session, [record('"v=DMARC1; p=quarantine"')])
    with pytest.raises(Refused, match="changed meanwhile") as caught:
        replaced(session, record('"a"'), record('"b"'))
    assert '"v=DMARC1; p=quarantine"' in caught.value.message
    assert caught.value.exit_code == 5


def test_a_set_that_is_gone_meanwhile_is_not_made_anew(session: OneClient) -> None:
    refuses(session, [])
    with pytest.raises(Refused, match="there is now: nothing"):
        replaced(session, record('"a"'), record('"b"'))


def test_a_repeated_call_after_a_lost_answer_finds_its_own_work(session: OneClient) -> None:
    refuses(session, [record('"b"')])
    replaced(session, record('"a"'), record('"b"'))


def test_a_new_value_that_aws_does_not_take_is_said_as_that(session: OneClient) -> None:
    refuses(session, [record('"a"')])
    with pytest.raises(ProvisionerError, match="values do not match") as caught:
        replaced(session, record('"a"'), record('"b"'))
    assert not isinstance(caught.value, Refused)


@pytest.mark.parametrize(
    "before", [Record(NAME, "TXT", 0, (), alias="_d.example.com"), replace(record('"a"'), set_identifier="a")]
)
def test_an_alias_or_one_of_several_sets_is_not_edited(session: OneClient, before: Record) -> None:
    with pytest.raises(Refused) as caught:
        replaced(session, before, record('"b"'))
    assert (caught.value.code, str(before) in caught.value.message) == ("record_not_simple", True)


def test_sets_with_a_routing_policy_that_came_meanwhile_are_named(session: OneClient) -> None:
    session.stub.add_client_error("change_resource_record_sets", "InvalidChangeBatch", "it was not found")
    routed = {**described(record('"a"')), "SetIdentifier": "blue", "Weight": 1}
    listed = {"ResourceRecordSets": [routed], "IsTruncated": False, "MaxItems": "100"}
    session.stub.add_response("list_resource_record_sets", listed)
    with pytest.raises(Refused, match="set blue of a routing policy"):
        replaced(session, record('"a"'), record('"b"'))
