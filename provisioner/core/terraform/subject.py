"""What a resource of a plan is called in front of a user, e.g. `TXT _dmarc.example.com`."""

import re
from collections.abc import Mapping
from typing import cast

_NAMING = (
    "name", "mail_from_domain", "email_identity", "configuration_set_name", "user", "bucket", "function_name",
    "alarm_name", "endpoint",
)  # fmt: skip  # a list, not a column
_KINDS: Mapping[str, str] = {
    "aws_cloudwatch_log_group": "log group",
    "aws_cloudwatch_metric_alarm": "alarm",
    "aws_iam_role": "IAM role",
    "aws_iam_role_policy": "policy of an IAM role:",
    "aws_iam_user": "IAM user",
    "aws_lambda_function": "function",
    "aws_lambda_function_event_invoke_config": "retries of function",
    "aws_route53_zone": "hosted zone",
    "aws_s3_bucket": "bucket",
    "aws_s3_bucket_lifecycle_configuration": "lifecycle of bucket",
    "aws_s3_bucket_ownership_controls": "ownership of objects in bucket",
    "aws_s3_bucket_policy": "policy of bucket",
    "aws_s3_bucket_public_access_block": "no public access to bucket",
    "aws_s3_bucket_server_side_encryption_configuration": "encryption of bucket",
    "aws_s3_bucket_versioning": "versions in bucket",
    "aws_scheduler_schedule": "schedule",
    "aws_sesv2_configuration_set": "configuration set",
    "aws_sesv2_configuration_set_event_destination": "event destination of configuration set",
    "aws_sesv2_email_identity": "SES identity",
    "aws_sesv2_email_identity_mail_from_attributes": "MAIL FROM",
    "aws_sns_topic": "topic",
    "aws_sns_topic_subscription": "subscription of",
    "aws_sqs_queue": "queue",
}
_DKIM = re.compile(r'aws_route53_record\.dkim\["(?P<index>[0-2])"\]$')


def subject_of(address: str, rtype: str, change: Mapping[str, object]) -> str:
    """Name the resource of one change; its address when nothing that may be shown names it."""
    side = "before" if change.get("after") is None else "after"
    known = _public(change.get(side), change.get(f"{side}_sensitive"))
    name = next((known[key] for key in _NAMING if key in known), "").removesuffix(".")
    if not name:
        return _dkim_record(address) or address
    if rtype == "aws_route53_record":
        return f"{known['type']} {name}" if "type" in known else name
    if rtype == "aws_iam_user_policy":
        return f"policy {name} of IAM user {known['user']}" if "user" in known else f"policy {name}"
    return f"{_KINDS[rtype]} {name}" if rtype in _KINDS else name


def subject_of_import(rtype: str, found: str) -> str:
    """Name a resource by the id that the provider imports it by."""
    if rtype == "aws_route53_record":
        name, _, record_type = found.partition("_")[2].rpartition("_")  # ZONE_name_TYPE, and a name may hold _ too
        return f"{record_type} {name}"
    if rtype == "aws_iam_user_policy":
        user, _, policy = found.partition(":")
        return f"policy {policy} of IAM user {user}"
    if rtype == "aws_sesv2_configuration_set_event_destination":
        found = found.partition("|")[0]
    return f"{_KINDS.get(rtype, rtype)} {found}"


def _dkim_record(address: str) -> str:
    """Name a record whose own name SES has yet to say."""
    found = _DKIM.search(address)
    return f"CNAME of DKIM key {int(found['index']) + 1}" if found else ""


def _public(values: object, sensitive: object) -> dict[str, str]:
    """Return the text attributes that Terraform does not mark as sensitive, wholly or in part."""
    if not isinstance(values, dict) or sensitive is True:
        return {}
    marked = cast(dict[str, object], sensitive) if isinstance(sensitive, dict) else {}
    return {key: value for key, value in values.items() if isinstance(value, str) and value and not marked.get(key)}
