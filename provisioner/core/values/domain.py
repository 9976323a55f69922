"""The domain name: parsed once, at the door, and carried as a value from there on."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol, Self

from provisioner.core.values.domain_input import ascii_form, foreign_character, invalid, is_ascii_form


@dataclass(frozen=True, order=True, slots=True)
class DomainName:
    """A registrable domain or a name below one, as lower-case A-labels without trailing dot."""

    ascii: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what a person typed: any case, any script, one trailing dot allowed.

        Raises `InputError("invalid_domain")`, with a hint for each fault, for everything that is not a host name of at
        least two labels, and for public suffixes (publicsuffix.org, private section included).
        """
        name = ascii_form(text)
        if _public_suffixes(name).is_public(name):
            hint = f"Give the name that is registered under it, such as example.{name}."
            raise invalid(text, "it is a public suffix, under which others register their names", hint)
        return cls(name)

    @classmethod
    def of_ascii(cls, text: str) -> Self:
        """Take a name that was parsed before; raises `InputError("invalid_domain")` when it has not that form."""
        if not is_ascii_form(text):
            raise invalid(text, "it is not in lower-case A-label form", "Give it as it was written before.")
        return cls(text)

    def __str__(self) -> str:
        return self.ascii

    @property
    def labels(self) -> tuple[str, ...]:
        """The A-labels, leftmost first."""
        return tuple(self.ascii.split("."))

    @property
    def unicode(self) -> str:
        """The name in its own script, for people: `münchen.de`."""
        return ".".join(_u_label(label) for label in self.labels)

    @property
    def foreign_character(self) -> str:
        """The first character of the name that IDNA 2008 does not allow, as in emoji domains; empty for most names."""
        return next(filter(None, map(foreign_character, self.labels)), "")

    @property
    def organizational(self) -> "DomainName":
        """The registrable domain that this name is or lies below, by the public suffix list."""
        return DomainName(_public_suffixes(self.ascii).privatesuffix(self.ascii) or self.ascii)

    @property
    def is_subdomain(self) -> bool:
        """Whether the name lies below a registrable domain instead of being one."""
        return self != self.organizational

    def child(self, label: str) -> str:
        """Return the name one label below: `bounce` -> `bounce.example.com`."""
        return f"{label}.{self.ascii}"

    def parents(self) -> tuple[str, ...]:
        """Return the names above, nearest first, down to and including the registrable domain."""
        above = len(self.labels) - len(self.organizational.labels)
        return tuple(".".join(self.labels[cut:]) for cut in range(1, above + 1))


def _u_label(label: str) -> str:
    """Decode one A-label; RFC 3492 alone is enough, the label was checked when it was parsed."""
    if not label.startswith("xn--"):
        return label
    try:
        return label.removeprefix("xn--").encode("ascii").decode("punycode")
    except UnicodeError:
        return label


class _SuffixList(Protocol):
    def is_public(self, domain: str) -> bool: ...

    def privatesuffix(self, domain: str) -> str | None: ...


def _public_suffixes(name: str) -> _SuffixList:
    """Return the list as far as it speaks of a name, as A-labels: the rules below its top-level domain."""
    return _suffixes_below(name.rpartition(".")[2])


@cache
def _suffixes_below(top: str) -> _SuffixList:
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415  # it costs what `--help` and the Lambdas do not need

    ends = tuple(f".{form}" for form in {top, _u_label(top)})
    rules = (line.partition(" ")[0] for line in _suffix_rules())
    suffixes: _SuffixList = PublicSuffixList([rule for rule in rules if f".{rule}".endswith(ends)])
    return suffixes


@cache
def _suffix_rules() -> tuple[str, ...]:
    """Return the lines of the list that comes with publicsuffixlist; for it to read them all takes 90 ms."""
    return tuple(resources.files("publicsuffixlist").joinpath("public_suffix_list.dat").read_text("utf-8").splitlines())
