"""What is wrong with a term that RFC 7208 does not know, in the words of somebody who has to correct it."""

import re

_LONGEST_SHOWN = 60
_ADDRESS_4 = r"(?P<address>[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:/[0-9]+)?)"
_ADDRESS_6 = r"(?P<address>[0-9a-f]*:[0-9a-f:.]*(?:/[0-9]+)?)"
_PREFIXES = "write /0 to /32 for IPv4, //0 to //128 for IPv6 (ip6: with one slash), without leading zeros"
_NEXT = "ip4|ip6|include|exists|redirect|exp"
_JOINED = "a space is missing before {next} (the strings of one TXT are joined without one, RFC 7208 section 3.3)"

# Pattern of the whole term, problem, remedy; the first that fits speaks.
_MISTAKES = (
    (rf"[+\-?~]?(?:a|mx|ptr|include|exists|ip|ipv4):{_ADDRESS_4}", "an address needs ip4", "write ip4:{address}"),
    (rf"[+\-?~]?(?:a|mx|ptr|include|exists|ip|ipv6):{_ADDRESS_6}", "an address needs ip6", "write ip6:{address}"),
    (r"(?P<name>redirect|exp):(?P<rest>.*)", "{name} is a modifier, written with =", "write {name}={rest}"),
    (r"[+\-?~](?P<modifier>(?:redirect|exp)=.*)", "a modifier takes no qualifier", "write {modifier}"),
    (r"(?P<term>.+)[,;]", "terms are separated by spaces alone", "write {term}"),
    (r"(?P<all>[+\-?~]?all)[.:=/].*", "all takes no argument", "write {all}"),
    (r"(?P<term>.*?[^=:])(?P<all>[+\-?~]all)", "a space is missing before {all}", "write {term} {all}"),
    (rf"(?P<term>.+?[^=:])(?P<next>(?:{_NEXT})[:=].+)", _JOINED, "write {term} {next}"),
    (r"(?P<name>[+\-?~]?(?:include|exists|ip4|ip6)):?", "it needs an argument", "write {name}:..."),
    (r"(?P<term>[+\-?~]?(?:a|mx|ptr)):", "the domain is missing", "write {term}, or {term}:host.example.com"),
    (r"(?P<name>redirect|exp)=", "the domain is missing", "write {name}=host.example.com"),
    (r"(?P<term>[+\-?~]?(?:ptr|include|exists)\b.*?)/[0-9/]*", "it takes no prefix length", "write {term}"),
    (r"[+\-?~]?(?:a|mx|ip4|ip6)\b.*/[0-9/]*", "the prefix length is not valid", _PREFIXES),
    (r"[+\-?~]?ip[46]:.*", "the address is not valid", "write ip4:192.0.2.1 or ip6:2001:db8::1"),
    (r".*%.*", "a macro in it is not valid", "write %% for a plain %, else a macro of RFC 7208 section 7"),
    (r"[+\-?~]?(?:a|mx|ptr|include|exists|redirect|exp)[:=].*", "the name is not valid", "write a whole name"),
)
_FLAGS = re.IGNORECASE | re.ASCII | re.DOTALL
_PATTERNS = tuple((re.compile(pattern, _FLAGS), problem, remedy) for pattern, problem, remedy in _MISTAKES)
_UNKNOWN = ("RFC 7208 knows no such term", "remove it, or write it as RFC 7208 section 12 has it")


def diagnosis(term: str) -> tuple[str, str]:
    """Say what is wrong with a term that the grammar of RFC 7208 section 12 refuses, and what to write instead."""
    for pattern, problem, remedy in _PATTERNS:
        if match := pattern.fullmatch(term):
            parts = {name: quote(part) for name, part in match.groupdict().items()}
            return problem.format(**parts), remedy.format(**parts)
    return _UNKNOWN


def quote(text: str) -> str:
    """Return a printable text as it can stand in a message: of bearable length."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
