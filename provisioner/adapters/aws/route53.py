"""The account, Route 53, SES and IAM, each behind its port."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from provisioner.adapters.aws.session import AwsSession, error_code, explained
from provisioner.core.credentials.credential import Secret
from provisioner.core.dns.txt import unquoted
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record
from provisioner.core.values.domain import DomainName
from provisioner.core.values.region import Region
from provisioner.errors import ProvisionerError, Refused
from provisioner.ports.edges import AccessKey, Caller, HostedZone

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_ZONES_OF_A_NAME = "10"  # a page; there is seldom more than one
_GATE_ATTEMPTS = 3  # the first call of a run fails soon when there is no network
_USER_WAIT_SECONDS = (1, 2, 4, 8, 15)  # IAM is eventually consistent: a user just made may not be seen yet


class AwsAccount:
    """STS; see `ports.Account`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session
        self.caller = cache(self._caller)

    def _caller(self) -> Caller:
        with explained("sts:GetCallerIdentity"):
            answer = self._session.client("sts", None, _GATE_ATTEMPTS).get_caller_identity()
        return Caller(account=answer["Account"], arn=answer["Arn"])


class Route53Zones:
    """Route 53; see `ports.Zones`."""

    def __init__(self, session: AwsSession) -> None:
        self._session = session

    def public_zones(self, name: str) -> Sequence[HostedZone]:
        """Return the public zones of exactly this name; private zones of the same name do not count."""
        client = self._session.client("route53")
        with explained("route53:ListHostedZonesByName"):
            found = [zone["Id"] for zone in _named(client, name) if not zone["Config"]["PrivateZone"]]
        return [self._described(client, _zone_id(zone)) for zone in found]

    def _described(self, client: Any, zone_id: str) -> HostedZone:
        with explained("route53:GetHostedZone"):
            answer = client.get_hosted_zone(Id=zone_id)
        with explained("route53:ListTagsForResource"):
            tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id)
        return HostedZone(
            id=zone_id,
            name=_bare(answer["HostedZone"]["Name"]),
            name_servers=tuple(_bare(n) for n in answer["DelegationSet"]["NameServers"]),
            tags=_tags(tags["ResourceTagSet"]["Tags"]),
            comment=answer["HostedZone"].get("Config", {}).get("Comment", ""),
        )

    def record_sets(self, zone_id: str) -> Sequence[Record]:
        """Return every record set of the zone, all pages of it."""
        return [_record(item) for item in self._listed(zone_id)]

    def replace(self, zone_id: str, before: Record, after: Record) -> None:
        """Change a record set in one batch that AWS refuses as a whole unless `before` still stands there."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        changes = [_change("DELETE", before), _change("CREATE", after)]
        with explained("route53:ChangeResourceRecordSets"):
            try:
                self._session.client("route53").change_resource_record_sets(
                    HostedZoneId=zone_id, ChangeBatch={"Changes": changes}
                )
            except ClientError as error:
                if error_code(error) != "InvalidChangeBatch":
                    raise
                self._accept_if_done(zone_id, before, after, error)

    def _accept_if_done(self, zone_id: str, before: Record, after: Record, error: ClientError) -> None:
        """Accept that `after` stands there already: a call whose answer was lost is made twice."""
        live = next((r for r in self.record_sets(zone_id) if (r.name, r.type) == (before.name, before.type)), None)
        if live is not None and sorted(live.raw) == sorted(after.raw) and live.ttl == after.ttl:
            return
        found = " | ".join(live.raw) if live else "nothing"
        if live is not None and sorted(live.raw) == sorted(before.raw) and live.ttl == before.ttl:
            raise error  # nobody changed it: AWS does not take the new one
        raise Refused(
            "record_changed",
            f"{before.type} {before.name} was changed meanwhile, and stays so; there is now: {found}",
            "look at it, then repeat the command",
        ) from error

    def _listed(self, zone_id: str) -> Iterator[Mapping[str, Any]]:
        with explained("route53:ListResourceRecordSets"):
            pages = self._session.client("route53").get_paginator("list_resource_record_sets")
            for page in pages.paginate(HostedZoneId=zone_id):
                yield from page["ResourceRecordSets"]


def _named(client: Any, name: str) -> Iterator[Mapping[str, Any]]:
    """Yield the hosted zones of a name, which is where Route 53 begins to list; the others are not asked for."""
    place = {"DNSName": name}
    while place:
        page = client.list_hosted_zones_by_name(**place, MaxItems=_ZONES_OF_A_NAME)
        zones = [zone for zone in page["HostedZones"] if _bare(zone["Name"]) == name]
        yield from zones
        more = page["IsTruncated"] and len(zones) == len(page["HostedZones"])
        place = {"DNSName": page["NextDNSName"], "HostedZoneId": page["NextHostedZoneId"]} if more else {}


class SesIdentities:
    """SES v2; see `ports.Identities`. The account is asked for its number, which is part of an identity's ARN."""

    def __init__(self, session: AwsSession, account: AwsAccount) -> None:
        self._session = session
        self._account = account

    def status(self, domain: DomainName, region: Region) -> IdentityStatus | None:
        """Return what SES says of the domain identity, None when it does not exist."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with explained("ses:GetEmailIdentity"):
            try:
                answer = self._session.client("sesv2", region.name).get_email_identity(EmailIdentity=domain.ascii)
            except ClientError as error:
                if error_code(error) == "NotFoundException":
                    return None
                raise
        return _status(answer, self._arn(domain, region))

    def configuration_set_tags(self, name: str, region: Region) -> Mapping[str, str] | None:
        """Return the tags of a configuration set, None when it does not exist."""
        client = self._session.client("sesv2", region.name)
        with explained("ses:GetConfigurationSet"):
            answer = _unless("NotFoundException", lambda: client.get_configuration_set(ConfigurationSetName=name))
        return None if answer is None else _tags(answer.get("Tags", ()))

    def _arn(self, domain: DomainName, region: Region) -> str:
        account = self._account.caller().account
        return f"arn:{region.partition}:ses:{region.name}:{account}:identity/{domain.ascii}"


class IamSmtpUsers:
    """IAM; see `ports.SmtpUsers`. `sleep` waits the given seconds."""

    def __init__(self, session: AwsSession, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session = session
        self._sleep = sleep

    def keys(self, user: str) -> Sequence[AccessKey]:
        """Return the user's access keys, oldest first; empty when the user does not exist."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with explained("iam:ListAccessKeys"):
            try:
                listed = self._session.client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
            except ClientError as error:
                if error_code(error) == "NoSuchEntity":
                    return []
                raise
        listed.sort(key=lambda key: key["CreateDate"])
        return [AccessKey(id=key["AccessKeyId"], active=key["Status"] == "Active") for key in listed]

    def tags(self, user: str) -> Mapping[str, str] | None:
        """Return the user's tags, None when it does not exist."""
        client = self._session.client("iam")
        with explained("iam:ListUserTags"):
            answer = _unless("NoSuchEntity", lambda: client.list_user_tags(UserName=user))
        return None if answer is None else _tags(answer["Tags"])

    def has_policy(self, user: str, policy: str) -> bool:
        """Say whether the user has this inline policy."""
        client = self._session.client("iam")
        with explained("iam:GetUserPolicy"):
            return _unless("NoSuchEntity", lambda: client.get_user_policy(UserName=user, PolicyName=policy)) is not None

    def create_key(self, user: str) -> tuple[str, Secret]:
        """Create an access key; a user that Terraform made a moment ago may take IAM some seconds to see."""
        for seconds in (*_USER_WAIT_SECONDS, 0):
            created = self._created(user)
            if created is not None:
                return created
            self._sleep(seconds)
        raise ProvisionerError("no_such_user", f"IAM user {user} does not exist", "run the same command again")

    def _created(self, user: str) -> tuple[str, Secret] | None:
        """Create the key, or return None when IAM does not see the user."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with explained("iam:CreateAccessKey"):
            try:
                key = self._session.client("iam").create_access_key(UserName=user)["AccessKey"]
            except ClientError as error:
                if error_code(error) == "NoSuchEntity":
                    return None
                if error_code(error) == "LimitExceeded":
                    raise _two_keys(user) from error
                raise
        return key["AccessKeyId"], Secret(key["SecretAccessKey"])

    def delete_key(self, user: str, key_id: str) -> None:
        """Delete an access key; nothing happens when it is gone already."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

        with explained("iam:DeleteAccessKey"):
            try:
                self._session.client("iam").delete_access_key(UserName=user, AccessKeyId=key_id)
            except ClientError as error:
                if error_code(error) != "NoSuchEntity":
                    raise


def _unless(code: str, call: Callable[[], Any]) -> Any:
    """Return the answer of a call, None when AWS refuses it with this code."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - see aws_session

    try:
        return call()
    except ClientError as error:
        if error_code(error) == code:
            return None
        raise


def _change(action: str, record: Record) -> dict[str, Any]:
    values = [{"Value": value} for value in record.raw]
    kept = {"Name": record.name, "Type": record.type, "TTL": record.ttl, "ResourceRecords": values}
    return {"Action": action, "ResourceRecordSet": kept}


def _two_keys(user: str) -> ProvisionerError:
    message = f"IAM user {user} has two access keys already"
    return ProvisionerError("key_limit", message, "delete the one that is not in use")


def _bare(name: str) -> str:
    return name.rstrip(".").lower()


def _zone_id(text: str) -> str:
    return text.rpartition("/")[2]


def _tags(items: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    return {item["Key"]: item["Value"] for item in items}


def _record(item: Mapping[str, Any]) -> Record:
    values = [entry["Value"] for entry in item.get("ResourceRecords", [])]
    kind = item["Type"]
    clean = [unquoted(value) if kind in ("TXT", "SPF") else value.rstrip(".") for value in values]
    name = _bare(item["Name"]).replace("\\052", "*")
    return Record("", name, kind, int(item.get("TTL", 0)), tuple(clean), tuple(values))


def _status(answer: Mapping[str, Any], arn: str) -> IdentityStatus:
    dkim = answer.get("DkimAttributes", {})
    mail_from = answer.get("MailFromAttributes", {})
    return IdentityStatus(
        arn=arn,
        verified=bool(answer.get("VerifiedForSendingStatus")),
        verification_status=answer.get("VerificationStatus", "NOT_STARTED"),
        dkim_status=dkim.get("Status", "NOT_STARTED"),
        dkim_tokens=tuple(dkim.get("Tokens", ())),
        signing_hosted_zone=dkim.get("SigningHostedZone"),
        mail_from_domain=mail_from.get("MailFromDomain"),
        mail_from_status=mail_from.get("MailFromDomainStatus"),
        configuration_set=answer.get("ConfigurationSetName"),
        tags=_tags(answer.get("Tags", ())),
    )
