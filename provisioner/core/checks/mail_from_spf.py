"""SPF at the MAIL FROM host, where mail through SES is judged: SES must pass there, and not everybody."""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.core.dns.answers import Absent, DnsAnswer, Found, Unreachable
from provisioner.core.dns.ask import Ask, remembering
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.spf.evaluation import Evaluation, Result, evaluate, is_open
from provisioner.core.spf.merge import INCLUDE, own_record
from provisioner.core.spf.published import BrokenSpf, NoSpf, SeveralSpf, spf_among
from provisioner.core.spf.senders import Somebody
from provisioner.core.spf.syntax import SpfRecord, is_meant_as_spf
from provisioner.core.spf.worst_case import count_lookups

_OPEN = "whoever sends passes, or a good part of them, and may so send as the domain"
_ALONE = "leave at the MAIL FROM host exactly this one MX and this one SPF record"
_PUBLISH = "publish exactly this value"
_REPEAT = "check the network, PROVISIONER_DNS_SERVER and the zone's name servers, then repeat"
_MX_ONLY = "SES looks at the MX alone, so SUCCESS of MAIL FROM says nothing of it"


def mail_from_spf(host: str, ask: Ask, wildcard: DnsAnswer, place: str = "the resolver") -> Finding:
    """Judge the TXT at a MAIL FROM host by what it means for SES.

    `wildcard` is the answer for TXT at a name beside it that nobody has a record for, `place` says who answers.
    """
    asked = remembering(ask)
    answer = asked(host, "TXT")
    if isinstance(answer, Unreachable):
        return _unknown(host, answer.reason)
    texts = answer.values if isinstance(answer, Found) else ()
    verdict = _verdict(host, texts, asked)
    if verdict.severity is not Severity.ERROR:
        return verdict
    if isinstance(answer, Absent):
        return _absent(host, place)
    return _absent(host, f"{place} (what answers is a wildcard)") if answer == wildcard else verdict


def _verdict(host: str, texts: tuple[str, ...], ask: Ask) -> Finding:
    match spf_among(texts, host):
        case SpfRecord() as record:
            return _of(host, texts, record, ask)
        case SeveralSpf(_, number):
            return _wrong(host, texts, f"{number} SPF records stand there, so every check fails (permerror)")
        case BrokenSpf(problem):
            return _wrong(host, texts, problem)
        case NoSpf():
            meant = any(map(is_meant_as_spf, texts))
            return _wrong(host, texts, "receivers do not read it as SPF" if meant else "none of it is SPF")


def _of(host: str, texts: tuple[str, ...], record: SpfRecord, ask: Ask) -> Finding:
    count_lookups(ask, record.text, host)  # so that everything is asked for before anything is judged
    found = evaluate(host, Somebody(INCLUDE), ask)
    if found.result is Result.TEMPERROR:
        return _unknown(host, found.problem)
    problem = (
        "whoever sends passes, or a good part of them, and may so send as the domain"
        if is_open(host, ask)
        else _problem(record, found)
    )
    if problem:
        return _wrong(host, texts, problem)
    evidence = {"expected": [own_record()], "found": list(texts)}
    return Finding("record.ok", Severity.OK, f"TXT {host}", " | ".join(texts), evidence=evidence)


def _problem(record: SpfRecord, found: Evaluation) -> str:
    """Say why SES does not pass through its own include; empty when it does."""
    last = found.matched[-1] if found.matched else None
    if found.result is Result.PERMERROR:
        return f"receivers give up (permerror): {found.problem}"
    if found.result is Result.PASS and last is not None and last.name != "all":
        return ""
    if last is not None and last.name != "all":
        return f"SES gets {found.result} by {last.text}"
    behind = [term for term in record.terms if record.all and term.start > record.all.start and term.name == "include"]
    if behind and record.all:
        return f"nothing behind {record.all.text} counts, so SES gets {found.result}"
    return f"include:{INCLUDE} is missing, so SES gets {found.result}"


def _wrong(host: str, texts: Sequence[str], problem: str) -> Finding:
    message = f"it is {' | '.join(texts)}; {problem}; it must be {own_record()}"
    evidence = {"expected": [own_record()], "found": list(texts), "problem": problem}
    return Finding("record.wrong", Severity.ERROR, f"TXT {host}", message, _ALONE, "RFC 7208 section 4.6", evidence)


def _absent(host: str, place: str) -> Finding:
    message = f"there is none at {place}; it must be {own_record()}; {_MX_ONLY}"
    evidence: dict[str, object] = {"expected": [own_record()], "found": []}
    return Finding("record.absent", Severity.ERROR, f"TXT {host}", message, _PUBLISH, "RFC 7208", evidence)


def _unknown(host: str, reason: str) -> Finding:
    message = f"nobody can say whether SES passes SPF there: {reason}"
    evidence = {"expected": [own_record()], "reason": reason}
    return Finding(NOT_RUN, Severity.WARNING, f"TXT {host}", message, _REPEAT, evidence=evidence)
