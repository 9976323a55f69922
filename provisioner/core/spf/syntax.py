"""SPF records as RFC 7208 sections 4.5, 4.6 and 12 define them: terms with their places, or why a record is broken."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provisioner.core.spf.diagnosis import diagnosis, quote
from provisioner.errors import Refused

VERSION = "v=spf1"

_LITERAL = r"[\x21-\x24\x26-\x7e]"
_TRANSFORMED = r"(?:0*[1-9][0-9]*)?r?[.\-+,/_=]*"
_MACRO = rf"(?:%\{{[slodiphv]{_TRANSFORMED}\}}|%%|%_|%-)"
_EXPLAINING_MACRO = rf"(?:%\{{[slodiphcrtv]{_TRANSFORMED}\}}|%%|%_|%-)"
_TOP_LABEL = r"(?=[0-9]*[a-z-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_DOMAIN = rf"(?P<domain>(?:{_MACRO}|{_LITERAL})*(?:\.{_TOP_LABEL}\.?|{_MACRO}))"
_PREFIX_4 = r"/(?P<four>3[0-2]|[12]?[0-9])"
_PREFIX_6 = r"/(?P<six>12[0-8]|1[01][0-9]|[1-9]?[0-9])"
_HOSTS = rf"(?::{_DOMAIN})?(?:{_PREFIX_4})?(?:/{_PREFIX_6})?"

_ARGUMENTS = {
    "all": "",
    "include": f":{_DOMAIN}",
    "a": _HOSTS,
    "mx": _HOSTS,
    "ptr": f"(?::{_DOMAIN})?",
    "ip4": rf":(?P<address>[0-9.]+)(?:{_PREFIX_4})?",
    "ip6": rf":(?P<address>[0-9a-f:.]+)(?:{_PREFIX_6})?",
    "exists": f":{_DOMAIN}",
    "redirect": f"={_DOMAIN}",
    "exp": f"={_DOMAIN}",
}
_FLAGS = re.IGNORECASE | re.ASCII
_ARGUMENT = {name: re.compile(pattern, _FLAGS) for name, pattern in _ARGUMENTS.items()}
_OTHER_MODIFIER = re.compile(rf"=(?:{_EXPLAINING_MACRO}|{_LITERAL})*", _FLAGS)

_RECORD = re.compile(rf"{VERSION}(?: |\Z)", _FLAGS)
_STRAY = (
    r"[\s'\"`\\\u00a0\u00ab\u00b4\u00bb\u2000-\u200f\u2018-\u201f\u2028-\u202f\u2039\u203a\u205f-\u2064\u3000\ufeff]*"
)
_VERSIONED = rf"v\s*[=:-]?{_STRAY}spf(?:1(?![0-9])|(?=\s|\Z))"  # also v:spf1, and v=spf without its number
_MEANT = re.compile(
    rf"{_STRAY}(?:{_VERSIONED}|=?\s*spf1(?=[\s;,]|\Z))", _FLAGS
)  # blanks and quotes of all kinds before
_TERM = re.compile(r"(?P<qualifier>[+\-?~]?)(?P<name>[a-z][a-z0-9_.\-]*)(?P<rest>.*)", _FLAGS | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Term:
    """One mechanism or modifier: `text` as written, from offset `start` of the record.

    `qualifier` is `+` where none is written and empty for modifiers; `name` is lower case; `spec` the domain-spec as
    written, `domain` the same in lower case without a trailing dot (section 7.3), both None where there is none.
    `address` is that of `ip4` and `ip6`; `four` and `six` are the lengths of the prefixes, whole addresses by default.
    """

    text: str
    start: int
    qualifier: str
    name: str
    domain: str | None
    spec: str | None = None
    address: str | None = None
    four: int = 32
    six: int = 128

    @property
    def end(self) -> int:
        """The offset behind the term."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class SpfRecord:
    """A valid record: its text and its terms in order."""

    text: str
    terms: tuple[Term, ...]

    @property
    def evaluated(self) -> tuple[Term, ...]:
        """The mechanisms that can match: those before `all`; terms behind it are never reached (section 5.1)."""
        mechanisms = [term for term in self.terms if term.qualifier]
        end = next((i for i, term in enumerate(mechanisms) if term.name == "all"), len(mechanisms))
        return tuple(mechanisms[:end])

    @property
    def all(self) -> Term | None:
        """The `all` that decides, the first one."""
        return self._first("all")

    @property
    def redirect(self) -> Term | None:
        """The `redirect` modifier, also where an `all` makes it void (section 6.1)."""
        return self._first("redirect")

    def _first(self, name: str) -> Term | None:
        return next((term for term in self.terms if term.name == name), None)


def is_spf(text: str) -> bool:
    """Say whether receivers take a TXT record for SPF: `v=spf1` in any case, then a space or the end (section 4.5)."""
    return _RECORD.match(text) is not None


def is_meant_as_spf(text: str) -> bool:
    """Say whether somebody surely meant SPF, but receivers do not read it.

    Such as ` v=spf1 mx`, `v=spf1mx`, `v=spf1;mx`, `spf1 mx`, `v:spf1 mx`, and what stands in quotes of any kind.
    """
    return _MEANT.match(text) is not None and not is_spf(text)


def parse(text: str, where: str) -> SpfRecord:
    """Return the record of a text for which `is_spf` holds; `where` is the domain, for messages.

    Raises `Refused` (`spf_broken`), which names all faults, for a syntax error anywhere, also behind a term that would
    have matched (section 4.6), and for a second `redirect` or `exp` (section 6).
    """
    if strange := sorted({character for character in text if not " " <= character <= "~"}):
        problem = f"it holds {', '.join(f'U+{ord(character):04X}' for character in strange[:3])}"
        raise _broken(where, problem, "SPF is printable ASCII and single spaces; often pasted from a formatted text")
    read = [_term(match) for match in re.finditer("[^ ]+", text) if match.start()]
    terms = tuple(term for term in read if isinstance(term, Term))
    faults = [*(fault for fault in read if isinstance(fault, _Fault)), *_twice(terms)]
    if faults:
        raise _broken(where, "; ".join(f.problem for f in faults), "; ".join(dict.fromkeys(f.remedy for f in faults)))
    return SpfRecord(text, terms)


@dataclass(frozen=True, slots=True)
class _Fault:
    problem: str
    remedy: str


def _term(match: re.Match[str]) -> Term | _Fault:
    written = match.group()
    if (parsed := _TERM.fullmatch(written)) and (argument := _argument(parsed)):
        parts = argument.groupdict()
        qualifier = "" if parsed["rest"].startswith("=") else parsed["qualifier"] or "+"
        spec = parts.get("domain")
        return Term(
            written,
            match.start(),
            qualifier,
            parsed["name"].lower(),
            spec and spec.lower().rstrip("."),
            spec,
            parts.get("address"),
            int(parts.get("four") or 32),
            int(parts.get("six") or 128),
        )
    problem, remedy = diagnosis(written)
    return _Fault(f"{quote(written)}: {problem}", remedy)


def _argument(parsed: re.Match[str]) -> re.Match[str] | None:
    name, rest, modifier = parsed["name"].lower(), parsed["rest"], parsed["rest"].startswith("=")
    if modifier and parsed["qualifier"]:
        return None
    pattern = _OTHER_MODIFIER if modifier and name not in {"redirect", "exp"} else _ARGUMENT.get(name)
    argument = pattern.fullmatch(rest) if pattern else None
    return argument if argument and _is_address(name, argument) else None


def _is_address(name: str, argument: re.Match[str]) -> bool:
    if name not in {"ip4", "ip6"} or "address" not in argument.groupdict():
        return True
    try:
        (ipaddress.IPv4Address if name == "ip4" else ipaddress.IPv6Address)(argument["address"])
    except ValueError:
        return False
    return True


def _twice(terms: Iterable[Term]) -> Iterator[_Fault]:
    seen = set()
    for term in terms:
        if term.name in {"redirect", "exp"} and term.name in seen:
            yield _Fault(f"{term.name}= stands twice", f"keep one {term.name}=")
        seen.add(term.name)


def _broken(where: str, problem: str, remedy: str) -> Refused:
    return Refused("spf_broken", f"{where}: the SPF record is not valid (permerror): {problem}", remedy)
