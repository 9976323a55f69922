"""Shards: which part of a batch is one machine's, by hash, so that adding a domain moves no other."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from provisioner.core.values.documents import mapping, optional, required
from provisioner.core.values.domain import DomainName
from provisioner.core.values.wording import quoted
from provisioner.errors import InputError

MOST = 10_000  # children of an AWS Batch array job; a Kubernetes Indexed Job may have 100,000

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})")
_BATCH_INDEX, _BATCH_SIZE = "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"
_KUBERNETES_INDEX = "JOB_COMPLETION_INDEX"


@dataclass(frozen=True, slots=True)
class Shard:
    """Shard `index`, counted from 0, of `total`."""

    index: int
    total: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `I/N`; raises `InputError("invalid_shard")`."""
        match = _SHARD.fullmatch(text.strip())
        if match is None:
            raise _invalid(f"{quoted(text)} is not a shard")
        return cls(int(match[1]), int(match[2]))._checked()

    def __str__(self) -> str:
        return f"{self.index}/{self.total}"

    def holds(self, domain: DomainName) -> bool:
        """Say whether the domain is this shard's."""
        return shard_of(domain, self.total) == self.index

    def to_document(self) -> dict[str, int]:
        """Return the `shard` object of reports."""
        return {"index": self.index, "total": self.total}

    def _checked(self) -> Self:
        if not 0 <= self.index < self.total <= MOST:
            raise _invalid(f"shard {self} does not exist: shards of {self.total} are 0 to {self.total - 1}")
        return self


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of which manifest a run does: the digest and the number of domains are those of the whole manifest."""

    digest: str
    domains: int
    shard: Shard | None

    def to_document(self) -> dict[str, Any]:
        """Return the `input` and the `shard` of reports and journals."""
        return {
            "input": {"digest": self.digest, "domains": self.domains},
            "shard": self.shard.to_document() if self.shard else None,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Self:
        """Read `to_document` back, whatever stands beside it; raises `WrongShapeError`."""
        source, shard = mapping(required(document, "input", dict)), optional(document, "shard", dict)
        return cls(
            digest=required(source, "digest", str),
            domains=required(source, "domains", int),
            shard=Shard(required(shard, "index", int), required(shard, "total", int)) if shard else None,
        )


def shard_of(domain: DomainName, total: int) -> int:
    """Return the index of the shard that a domain belongs to: the SHA-256 of its A-label, modulo `total`."""
    return int.from_bytes(hashlib.sha256(domain.ascii.encode("ascii")).digest()) % total


def choose_shard(given: str | None, total: int | None, environment: Mapping[str, str]) -> Shard | None:
    """Return the shard of this process, None for the whole batch.

    `given` is `I/N`; else the index is the array job's, AWS Batch (which says its size) or Kubernetes (which does not,
    so `total` must be given: a guess would leave domains out or do them twice). Raises `InputError`.
    """
    if given is not None:
        return Shard.parse(given)
    index = environment.get(_BATCH_INDEX) or environment.get(_KUBERNETES_INDEX)
    if not index:
        _refuse_total_alone(total)
        return None
    size = environment.get(_BATCH_SIZE) if environment.get(_BATCH_INDEX) else None
    if total is None and not size:
        raise InputError(
            "shard_total_unknown",
            f"this is task {index} of an indexed job, and nobody says of how many",
            "give --shards N, the job's completions, or --shard 0/1 to do the whole manifest here",
        )
    return Shard.parse(f"{index}/{total if total is not None else size}")


def _refuse_total_alone(total: int | None) -> None:
    if total is None:
        return
    raise InputError(
        "shard_index_unknown",
        f"--shards {total} says how many shards there are, but not which one this is",
        f"give --shard I/{total}, or run as an AWS Batch array job or a Kubernetes Indexed Job",
    )


def _invalid(message: str) -> InputError:
    return InputError("invalid_shard", message, f"Give I/N, counted from 0, N at most {MOST}: 0/3, 1/3 and 2/3.")
