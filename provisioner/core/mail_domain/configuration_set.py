"""A configuration set as SES has it, and where it publishes what becomes of mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ConfigurationSet:
    """The answer of SES v2 `GetConfigurationSet`.

    `suppresses` are the reasons for which an address gets nothing more of this set: None where the account's count,
    empty where nothing suppresses. `redirects` is the host in tracked links, None for SES's own; `tls` is `REQUIRE` or
    `OPTIONAL`.
    """

    name: str
    sending_enabled: bool = True
    reputation_metrics: bool = False
    tls: str | None = None
    suppresses: tuple[str, ...] | None = None
    redirects: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class Target(StrEnum):
    """What an event destination publishes to, in the user's words."""

    SNS = "SNS topic"
    FIREHOSE = "Firehose stream"
    CLOUDWATCH = "CloudWatch"
    EVENT_BRIDGE = "EventBridge bus"
    PINPOINT = "Pinpoint"


@dataclass(frozen=True, slots=True)
class EventDestination:
    """One event destination of a set: `events` in SES's words (`BOUNCE`, ...), `arn` of what it publishes to.

    `target` is None for a kind that AWS has made since; `arn` is empty for CloudWatch.
    """

    name: str
    enabled: bool
    events: tuple[str, ...]
    target: Target | None
    arn: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """An SNS topic: who may publish to it, and what encrypts it.

    `policy` is its document, None where it has none that can be read. `key` is as the topic names it, an id, ARN or
    alias of a KMS key, None where it is not encrypted; `key_policy` is None where the key says nothing of who may use
    it, with why in `key_unseen`.
    """

    arn: str
    policy: Mapping[str, object] | None
    key: str | None = None
    key_policy: Mapping[str, object] | None = None
    key_unseen: str = ""
