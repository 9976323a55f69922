"""DNS packets: bytes in, bytes out (RFC 1035 section 4, RFC 6891 for EDNS)."""

import logging
from collections.abc import Callable
from typing import Any

from dnslib import CLASS, EDNS0, OPCODE, QTYPE, RCODE, RR, DNSHeader, DNSRecord

from provisioner.sandbox.dns.contents import Answer, Question, Rr
from provisioner.sandbox.dns.rdata import label, rdata, type_number

PLAIN_UDP = 512  # octets of a UDP response to a client that does not speak EDNS
LARGEST_UDP = 4096
_HEADER = 12
_TRANSFERS = ("AXFR", "IXFR")
Resolve = Callable[[Question], Answer | None]

_log = logging.getLogger(__name__)


def respond(packet: bytes, resolve: Resolve, *, udp: bool) -> bytes | None:
    """Answer one packet; None when silence is right (a fragment without an id, a response, or nothing to say).

    Garbage is answered FORMERR. Over UDP, what exceeds the client's payload size is left out and TC set, so that the
    client asks again over TCP.
    """
    if len(packet) < 2 or _is_response(packet):  # noqa: PLR2004 reason: the two octets of the id
        return None
    try:
        request = DNSRecord.parse(packet)
    except Exception:  # noqa: BLE001 reason: dnslib raises half a dozen types, and each means that the packet is broken
        return _form_error(packet)
    reply = _reply(request, resolve)
    if reply is None:
        return None
    wire = bytes(reply.pack())
    return wire if not udp or len(wire) <= _payload_size(request) else bytes(_truncate(reply).pack())


def _is_response(packet: bytes) -> bool:
    return len(packet) >= _HEADER and bool(packet[2] & 0x80)


def _form_error(packet: bytes) -> bytes:
    header = DNSHeader(id=int.from_bytes(packet[:2], "big"), bitmap=0, qr=1, ra=1, rcode=RCODE.FORMERR)
    return bytes(DNSRecord(header).pack())


def _reply(request: Any, resolve: Resolve) -> Any:
    """Return the reply, None when nothing is to be said."""
    reply = request.reply(ra=1, aa=0)
    reply.header.ad = 0  # dnslib echoes the client's flag, which would claim that the answer was validated
    reply.header.tc = 0
    edns = _edns(request)
    reply.header.rcode = _protocol_fault(request)
    if edns is not None:
        unknown_version = bool(edns.edns_ver)
        reply.add_ar(EDNS0(udp_len=LARGEST_UDP, ext_rcode=1 if unknown_version else 0))  # 16, BADVERS
        if unknown_version:
            return reply
    if reply.header.rcode == RCODE.NOERROR and not _answer(request, reply, resolve):
        return None
    return reply


def _protocol_fault(request: Any) -> int:
    """Return the code for what is not an ordinary question, NOERROR for what is."""
    if request.header.opcode != OPCODE.QUERY:
        return int(RCODE.NOTIMP)
    if len(request.questions) != 1:
        return int(RCODE.FORMERR)
    ordinary = request.q.qclass == CLASS.IN and QTYPE[request.q.qtype] not in _TRANSFERS
    return int(RCODE.NOERROR if ordinary else RCODE.REFUSED)


def _answer(request: Any, reply: Any, resolve: Resolve) -> bool:
    """Fill in the reply; False when nothing is to be said."""
    asked = _text(request.q.qname)
    try:
        answer = resolve(Question(asked, QTYPE[request.q.qtype], bool(request.header.cd)))
        if answer is None:
            return False
        reply.header.rcode = getattr(RCODE, answer.rcode)
        reply.header.aa, reply.header.ra = answer.authoritative, answer.recursive
        answers = [_resource_record(rr, request.q.qname if rr.name == asked else None) for rr in answer.records]
        authority = [_resource_record(rr) for rr in answer.authority]
        additional = [_resource_record(rr) for rr in answer.additional]
        reply.add_answer(*answers)
        reply.add_auth(*authority)
        reply.add_ar(*additional)
    except Exception:  # noqa: BLE001 reason: whatever is wrong with a zone, the client gets SERVFAIL and not silence
        _log.exception("%s could not be answered", asked)  # e.g. a value that does not fit its type
        reply.header.rcode = RCODE.SERVFAIL
    return True


def _resource_record(rr: Rr, owner: Any = None) -> Any:
    """Build a record; the owner is spelled as in the question when given (resolvers vary its case on purpose)."""
    return RR(owner or label(rr.name), type_number(rr.type), ttl=rr.ttl, rdata=rdata(rr.type, rr.value))


def _text(qname: Any) -> str:
    """Return the name as zones spell it; a dot inside a label is escaped, which no zone's name contains."""
    return ".".join(part.replace(b".", rb"\056").decode("latin-1") for part in qname.label).lower()


def _edns(request: Any) -> Any:
    return next((record for record in request.ar if record.rtype == QTYPE.OPT), None)


def _payload_size(request: Any) -> int:
    edns = _edns(request)
    return PLAIN_UDP if edns is None else min(max(int(edns.rclass), PLAIN_UDP), LARGEST_UDP)


def _truncate(reply: Any) -> Any:
    """Return the reply with its question and EDNS but no records: the client asks again over TCP."""
    edns = [record for record in reply.ar if record.rtype == QTYPE.OPT]
    short = DNSRecord(reply.header, questions=reply.questions, ar=edns)
    short.header.tc = 1
    return short
