"""The bucket that holds Terraform states: its name, and how it must be set up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_SID = "ProvisionerTlsOnly"
_RULE_ID = "provisioner-old-versions"
_KEPT_DAYS = 90
_UPLOAD_DAYS = 7

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BucketSettings:
    """What of a bucket matters here; `policy` None means none, `rules` are those of its lifecycle."""

    versioned: bool = False
    encrypted: bool = False
    private: bool = False
    policy: Document | None = None
    rules: Sequence[Document] = ()

    def wanted(self, bucket: str, partition: str) -> BucketSettings:
        """Return the settings as they must be; statements and rules of others stay."""
        policy = _with_ours(self.policy, bucket, partition)
        rules = [rule for rule in self.rules if rule.get("ID") != _RULE_ID]
        return replace(self, versioned=True, encrypted=True, private=True, policy=policy, rules=(*rules, _RULE))

    def changes_to(self, wanted: BucketSettings) -> tuple[str, ...]:
        """Name, in the user's words, what differs."""
        return tuple(self._changes(wanted))

    def _changes(self, wanted: BucketSettings) -> Iterator[str]:
        if self.private != wanted.private:
            yield "block public access"
        if self.encrypted != wanted.encrypted:
            yield "encrypt at rest (SSE-S3)"
        if self.versioned != wanted.versioned:
            yield "keep old versions"
        if self.policy != wanted.policy:
            yield "refuse access without TLS"
        if _rules_by_id(self.rules) != _rules_by_id(wanted.rules):
            yield f"delete old versions after {_KEPT_DAYS} days"


# Each lock leaves a version and a delete marker behind, so without this a bucket only ever grows.
_RULE: Document = {
    "ID": _RULE_ID,
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "NoncurrentVersionExpiration": {"NoncurrentDays": _KEPT_DAYS},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": _UPLOAD_DAYS},
}


def bucket_name(text: str) -> str:
    """Read the name of a general purpose bucket; raises `InputError("invalid_bucket")`."""
    if _NAME.fullmatch(text) and not text.endswith(_RESERVED_ENDINGS):
        return text
    hint = "Use 3 to 63 lower-case letters, digits, hyphens and dots, for example example-states."
    raise InputError("invalid_bucket", f"{quoted(text)} is not a name for an S3 bucket", hint)


def _with_ours(policy: Document | None, bucket: str, partition: str) -> Document:
    """Return the policy with the statement that AWS recommends against plain HTTP.

    Source: docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html, "Enforce encryption of data in
    transit".
    """
    arn = f"arn:{partition}:s3:::{bucket}"
    ours = {
        "Sid": _SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    if policy is None:
        return {"Version": "2012-10-17", "Statement": [ours]}
    statements = policy.get("Statement", [])
    others = [s for s in (statements if isinstance(statements, list) else [statements]) if s.get("Sid") != _SID]
    return {**policy, "Statement": [*others, ours]}


def _rules_by_id(rules: Sequence[Document]) -> dict[str, Document]:
    return {str(rule.get("ID")): rule for rule in rules}
