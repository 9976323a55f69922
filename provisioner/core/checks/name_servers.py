"""The name servers that the public is sent to: that each of them answers, knows the zone, and is there by TCP too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from provisioner.core.checks.in_dns import public_zone, soa_replies
from provisioner.core.checks.observed import NotSeen, Observed, Unseen, seen
from provisioner.core.dns.answers import PublicZone
from provisioner.core.dns.public_dns import NOT_YET
from provisioner.core.dns.questions import NOERROR, NXDOMAIN, Reply, Silent
from provisioner.core.findings import Finding, Severity

_LAME = "RFC 1912 section 2.8"
_TCP = "RFC 7766 section 5"

Replies = Mapping[str, Reply | Silent]


def check(observed: Observed) -> Iterator[Finding]:
    """Yield the servers that are not as they should be; one that answers for the others is enough for mail."""
    zone = public_zone(observed)
    if zone is None:
        return
    replies = soa_replies(seen(observed.dns), zone)
    faults = {server: _fault(zone, reply) for server, reply in replies.items()}
    cut_off = _cut_off(observed, zone)
    if NOT_YET in replies.values():
        return
    lame = {server: word for server, word in faults.items() if word}
    silent = [server for server, reply in replies.items() if isinstance(reply, Silent)]
    if len(silent) == len(replies):
        raise NotSeen(_none_answers(zone))
    if lame and len(lame) + len(silent) == len(replies):
        yield _all_lame(zone, lame)
        return
    yield from (_lame(zone, server, word) for server, word in lame.items())
    yield from (_silent(zone, server, replies) for server in silent)
    yield from cut_off


def _fault(zone: PublicZone, reply: Reply | Silent) -> str:
    """Say what is wrong with the reply of a server to a question about its own zone; empty when nothing is."""
    if isinstance(reply, Silent):
        return ""
    if reply.rcode not in (NOERROR, NXDOMAIN):
        return reply.rcode
    if not reply.authoritative:
        return "an answer that is not its own"
    is_there = reply.find(zone.name, "SOA") or any(
        one.type == "CNAME" for one in reply.answer
    )  # some let it stand there
    return "" if is_there else "it has a zone above it alone"


def _none_answers(zone: PublicZone) -> Unseen:
    reason = "none of them answers this machine, so that all that is said of records is what the resolver has"
    hint = "allow this machine to ask any name server (port 53, UDP and TCP), then repeat"
    return Unseen(f"NS {zone.name}", "servers_unreachable", reason, hint)


def _all_lame(zone: PublicZone, lame: Mapping[str, str]) -> Finding:
    said = "; ".join(f"{server}: {word}" for server, word in lame.items())
    message = f"the public is sent to servers that do not know {zone.name} ({said})"
    remedy = (
        "the zone was deleted there, or made anew on other servers: "
        "set those that serve it at the registrar, or have it made where it is looked for"
    )
    evidence = {"servers": dict(lame)}
    return Finding("dns.lame", Severity.ERROR, f"NS {zone.name}", message, remedy, _LAME, evidence)


def _lame(zone: PublicZone, server: str, word: str) -> Finding:
    message = f"{server} does not answer for {zone.name} ({word}); the other servers do"
    remedy = "have the DNS host put the zone there, or take the server out of the delegation"
    evidence = {"server": server, "answer": word}
    return Finding("dns.lame_server", Severity.WARNING, f"NS {zone.name}", message, remedy, _LAME, evidence)


def _silent(zone: PublicZone, server: str, replies: Replies) -> Finding:
    reply = replies[server]
    others = sum(isinstance(one, Reply) for one in replies.values())
    reason = reply.reason if isinstance(reply, Silent) else ""
    message = f"{server} did not answer ({reason}), {others} others did"
    remedy, evidence = "ask the DNS host", {"server": server, "reason": reason}
    return Finding("dns.silent_server", Severity.WARNING, f"NS {zone.name}", message, remedy, "", evidence)


def _cut_off(observed: Observed, zone: PublicZone) -> list[Finding]:
    """Say what is too large for UDP and not to be had by TCP, of all that receivers ask."""
    dns, spec = seen(observed.dns), observed.spec
    asked = (spec.domain.ascii, spec.domain.child("_dmarc"), spec.mail_from)
    cut = {name: [server for server, one in dns.replies(name, "TXT").items() if _is_cut(one)] for name in asked}
    names = [f"TXT {name}" for name, servers in cut.items() if servers]
    servers = sorted({server for servers in cut.values() for server in servers})
    return [_no_tcp(zone, names, servers)] if names else []


def _is_cut(reply: Reply | Silent) -> bool:
    return isinstance(reply, Reply) and reply.cut_off


def _no_tcp(zone: PublicZone, names: list[str], servers: list[str]) -> Finding:
    what = ", ".join(names)
    message = (
        f"the answer for {what} does not fit into UDP, and {', '.join(servers)} does not answer by TCP: "
        "receivers may get a part of it, or nothing"
    )
    remedy = f"have port 53 opened for TCP at the DNS host, or shorten {what}"
    evidence = {"servers": servers, "records": names}
    return Finding("dns.no_tcp", Severity.WARNING, f"NS {zone.name}", message, remedy, _TCP, evidence)
