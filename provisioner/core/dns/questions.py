"""A question to one name server or the resolver, and what came back of it, as it was said."""

from __future__ import annotations

from dataclasses import dataclass

NOERROR, NXDOMAIN, SERVFAIL, REFUSED = "NOERROR", "NXDOMAIN", "SERVFAIL", "REFUSED"


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `server` is the host name of a name server, empty for the resolver.

    `name` is lower-case without trailing dot. With `checking_disabled` a resolver hands out what DNSSEC calls bogus too
    (the CD bit, RFC 4035 section 3.2.2).
    """

    name: str
    type: str
    server: str = ""
    checking_disabled: bool = False


@dataclass(frozen=True, slots=True)
class RrSet:
    """Records of one name and type in an answer; `ttl` in seconds.

    `values` are in presentation form, hosts lower-case without trailing dot, TXT strings joined and unquoted; of TXT
    `strings` holds the strings of each value as they came (RFC 1035 section 3.3).
    """

    name: str
    type: str
    ttl: int
    values: tuple[str, ...]
    strings: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server said: the code (`NOERROR`, `REFUSED`, ...), its AA bit, the answer and the authority section.

    `cut_off` says that the answer did not fit into UDP and that the server does not answer by TCP (RFC 7766 section 5).
    """

    rcode: str
    authoritative: bool
    answer: tuple[RrSet, ...] = ()
    authority: tuple[RrSet, ...] = ()
    cut_off: bool = False

    def find(self, name: str, rtype: str) -> RrSet | None:
        """Return the set of exactly this name and type in the answer."""
        return next((one for one in self.answer if (one.name, one.type) == (name, rtype)), None)


@dataclass(frozen=True, slots=True)
class Silent:
    """Nothing came back; `reason` is why."""

    reason: str
