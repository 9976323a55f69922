"""Terraform's lock on a state: the object `<key>.tflock`, as its S3 backend writes and reads it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Self

from provisioner.core.values.documents import WrongShapeError, mapping, optional


@dataclass(frozen=True, slots=True)
class StateLock:
    """Who holds a state; `id` is a UUID, `who` is `user@host`, `created` a time in RFC 3339 form.

    A lock that names no id, since it is empty or garbled, has one that is made of its content: it can be named all the
    same, and is not mistaken for one that somebody puts there meanwhile.

    Source: hashicorp/terraform v1.11, internal/states/statemgr/locker.go, `LockInfo`.
    """

    id: str
    who: str
    operation: str
    info: str
    version: str
    created: str
    path: str

    def to_json(self) -> str:
        """Return the text that Terraform understands, too."""
        names = {"ID": self.id, "Operation": self.operation, "Info": self.info, "Who": self.who}
        return json.dumps(names | {"Version": self.version, "Created": self.created, "Path": self.path})

    @classmethod
    def from_json(cls, text: str, path: str) -> Self:
        """Read a lock; of one that is not to be understood nothing is known but that it is there."""
        unknown = f"unreadable-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"
        try:
            document = mapping(json.loads(text))
            names = ("ID", "Who", "Operation", "Info", "Version", "Created")
            key, who, operation, info, version, created = (optional(document, name, str) or "" for name in names)
        except (ValueError, WrongShapeError):
            what = "the lock cannot be read" if text.strip() else "the lock is empty"
            return cls(unknown, "somebody unknown", what, "", "", "", path)
        return cls(key or unknown, who or "somebody unknown", operation, info, version, created, path)

    def __str__(self) -> str:
        """Say who holds it: `ada@host1 (new-domain, since 2026-11-22T10:00:00Z)`."""
        details = ", ".join(filter(None, (self.operation, f"since {self.created}" if self.created else "")))
        return f"{self.who} ({details})" if details else self.who
