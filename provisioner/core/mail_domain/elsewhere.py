"""What there is to publish at a DNS host that is not ours, beside what stands there: never a second SPF or DMARC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.request import Dmarc, DmarcPolicy, Request, Spf
from provisioner.core.dmarc.change import Wanted, with_policy
from provisioner.core.dmarc.mending import addresses, mended_records, united
from provisioner.core.dmarc.protocol import is_dmarc_record
from provisioner.core.dmarc.record import DmarcRecord, is_meant_as_dmarc
from provisioner.core.dns.answers import Absent, Found, Unreachable
from provisioner.core.dns.public_sets import PublicSets
from provisioner.core.dns.txt import ROUTE_53, quoted
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.receiving import receives_elsewhere
from provisioner.core.mail_domain.records import TTL, Action, Publishing, Purpose, Record, desired_records
from provisioner.core.mail_domain.spec import MailDomain
from provisioner.core.spf.merge import Part, merge, own_record
from provisioner.core.spf.syntax import is_spf
from provisioner.core.values.domain import DomainName
from provisioner.errors import Refused

_KEPT = Publishing(Action.KEEP)
_REPEAT = "; repeat the command when it answers, and add none before"


@dataclass(frozen=True, slots=True)
class SpfThere:
    """SPF at the domain: what to do with it (None: nothing), which part of it is ours, and what to say of it."""

    record: Record | None
    part: Part | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class DmarcThere:
    """DMARC at the domain: what stands there with what to do with it, and what to say of it.

    `record` is None where none stands, and when DNS does not say (`is_known`). `theirs` says whether it was there
    before us and stays, None when that is not known.
    """

    record: Record | None
    theirs: bool | None
    note: str = ""
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What public DNS has of a domain whose zone is elsewhere, and what follows from it."""

    public: PublicSets
    spf: SpfThere
    dmarc: DmarcThere

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person at the DNS host should know, as one sentence each."""
        return tuple(note for note in (self.spf.note, self.dmarc.note) if note)

    def records(self, spec: MailDomain, tokens: Sequence[str]) -> tuple[Record, ...]:
        """Return every record of the domain, each with what has to be done with it."""
        return tuple(self._records(spec, tokens))

    def _records(self, spec: MailDomain, tokens: Sequence[str]) -> Iterator[Record]:
        if self.spf.record:
            yield self.spf.record
        if self.dmarc.record:
            yield self.dmarc.record
        for record in desired_records(spec, tokens):
            if record.purpose is Purpose.DMARC:
                if self.dmarc.record is None and self.dmarc.is_known:
                    yield replace(record, publishing=Publishing(Action.ADD))
            elif record.purpose is not Purpose.SPF:
                yield replace(record, publishing=_publishing(record, self.public))


def spf_there(domain: DomainName, request: Request, public: PublicSets, before: Part | None) -> SpfThere:
    """Judge SPF at the domain; `before` is which part of it was ours so far, and stays so once something of it was."""
    judged = _spf_now(domain, request, public, before)
    was_ours = before not in (None, Part.NOTHING) and request.spf is not Spf.SKIP
    return replace(judged, part=before) if was_ours else judged


def _spf_now(domain: DomainName, request: Request, public: PublicSets, before: Part | None) -> SpfThere:
    name = domain.ascii
    if request.spf is Spf.SKIP:
        return SpfThere(None, None)
    match public.at(name, "TXT"):
        case Unreachable(reason):
            return SpfThere(None, before, f"SPF is left out: DNS did not say what stands at {name} ({reason}){_REPEAT}")
        case Found(values):
            return _beside(domain, request, public, values, before)
        case Absent():
            return _fresh_spf(domain, request, public, before, Part.SET)


def _beside(
    domain: DomainName, request: Request, public: PublicSets, texts: tuple[str, ...], before: Part | None
) -> SpfThere:
    name = domain.ascii
    try:
        merged = merge(TxtSet(TTL, tuple(quoted(text, ROUTE_53) for text in texts)), name=name)
    except Refused as error:
        return SpfThere(None, before, f"SPF is left out: {error.with_hint}")
    if merged.part is Part.RECORD:
        return _fresh_spf(domain, request, public, before, Part.RECORD)
    old, new = (next(filter(is_spf, values)) for values in (texts, merged.result.texts))
    if merged.part is Part.NOTHING:
        return SpfThere(_spf(domain, old, _KEPT), Part.NOTHING)
    if before is Part.NOTHING and request.spf is not Spf.PUBLISH:
        return SpfThere(None, before)
    note = f"replace the SPF record of {name}, never add a second one: two of them break SPF for all mail of the domain"
    said = "; ".join((note, *merged.warnings))
    return SpfThere(_spf(domain, new, Publishing(Action.REPLACE, (old,))), Part.TERM, said)


def _fresh_spf(domain: DomainName, request: Request, public: PublicSets, before: Part | None, part: Part) -> SpfThere:
    if request.spf is not Spf.PUBLISH:
        mx = public.at(domain.ascii, "MX")
        if isinstance(mx, Unreachable):
            note = f"SPF is left out: DNS did not say who receives the mail of {domain} ({mx.reason}){_REPEAT}"
            return SpfThere(None, before, note)
        if receives_elsewhere(public.values(domain.ascii, "MX")):
            return SpfThere(None, Part.NOTHING, withheld_spf(domain, public.values(domain.ascii, "MX")))
        if before is Part.NOTHING:
            return SpfThere(None, before)
    return SpfThere(_spf(domain, own_record(), Publishing(Action.ADD)), part)


def withheld_spf(domain: DomainName, mx: Sequence[str]) -> str:
    """Say why no SPF record is published over mail that goes through others."""
    return (
        f"no SPF record is published at {domain}: its mail is received by {', '.join(mx)}, and a record that knows "
        "SES alone would let what is sent there fail; mail through SES passes SPF at its MAIL FROM domain "
        "(--spf publish publishes one all the same)"
    )


def dmarc_there(domain: DomainName, request: Request, public: PublicSets, before: bool | None) -> DmarcThere:
    """Judge DMARC at the domain; `before` says whether its record was known to be theirs, None: nobody has looked.

    What came after ours was given is kept too, but is no news that a later run has to know.
    """
    name = domain.child("_dmarc")
    if request.dmarc is Dmarc.SKIP:
        return DmarcThere(None, None)
    for rtype, kind in (("CNAME", "an alias"), ("NS", "delegated")):
        match public.at(name, rtype):
            case Found(values):
                kept = _dmarc(name, values, _KEPT, rtype)
                return DmarcThere(kept, _is_theirs(request, before), _asked_in_vain(request, name, kind))
            case Unreachable(reason):
                return _unknown_dmarc(name, reason, before)
    match public.at(name, "TXT"):
        case Unreachable(reason):
            return _unknown_dmarc(name, reason, before)
        case _:
            return _standing_dmarc(name, request, public.values(name, "TXT"), before)


def _standing_dmarc(name: str, request: Request, values: tuple[str, ...], before: bool | None) -> DmarcThere:
    texts = tuple(filter(is_dmarc_record, values))
    if not texts:
        meant = next(filter(is_meant_as_dmarc, values), None)
        return DmarcThere(None, False, f"{name} has a TXT record that no receiver reads: {meant}" if meant else "")
    new = _with_what_was_asked(request, texts)
    if new != texts[0] or (len(texts) > 1 and _was_asked(request)):
        note = f"replace what stands at {name}, never add a second record: receivers apply none of two"
        return DmarcThere(_dmarc(name, (new,), Publishing(Action.REPLACE, texts)), False, note)
    note = f"{len(texts)} DMARC records stand at {name}, so that receivers apply none: leave one" if texts[1:] else ""
    return DmarcThere(_dmarc(name, texts, _KEPT), _is_theirs(request, before), note)


def _with_what_was_asked(request: Request, texts: Sequence[str]) -> str:
    """Return the record with the policy and the report address that were asked for, as it is when it has them.

    Of several the first one stays, with the report addresses of all.
    """
    record = DmarcRecord.parse(texts[0])
    if record is None or not _was_asked(request):
        return texts[0]
    policy = _policy_asked(request) or record.policy or DmarcPolicy.NONE
    rua = request.dmarc_rua
    if len(texts) == 1 and record.policy == policy and (rua is None or rua in addresses((record,), "rua")):
        return texts[0]
    all_of_them = united(mended_records(texts))
    return with_policy(all_of_them, Wanted(policy, None if rua in addresses((all_of_them,), "rua") else rua)).text


def _is_theirs(request: Request, before: bool | None) -> bool:
    return before is not False and not _was_asked(request)


def _policy_asked(request: Request) -> DmarcPolicy | None:
    return request.dmarc.policy if request.dmarc else None


def _was_asked(request: Request) -> bool:
    return _policy_asked(request) is not None or request.dmarc_rua is not None


def _asked_in_vain(request: Request, name: str, kind: str) -> str:
    if not _was_asked(request):
        return ""
    return f"the DMARC policy that was asked for cannot stand at {name}, which is {kind}: set it where that leads"


def _unknown_dmarc(name: str, reason: str, before: bool | None) -> DmarcThere:
    note = f"DMARC is left out: DNS did not say what stands at {name} ({reason}){_REPEAT}"
    return DmarcThere(None, before, note, is_known=False)


def _publishing(record: Record, public: PublicSets) -> Publishing:
    standing = public.values(record.name, record.type)
    if record.purpose is Purpose.MAIL_FROM_SPF:
        standing = tuple(filter(is_spf, standing))
    if not standing:
        return Publishing(Action.ADD)
    if sorted(map(str.lower, standing)) == sorted(map(str.lower, record.values)):
        return Publishing(Action.KEEP)
    return Publishing(Action.REPLACE, standing)


def _spf(domain: DomainName, text: str, publishing: Publishing) -> Record:
    return Record(domain.ascii, "TXT", TTL, (text,), purpose=Purpose.SPF, publishing=publishing)


def _dmarc(name: str, values: tuple[str, ...], publishing: Publishing, rtype: str = "TXT") -> Record:
    return Record(name, rtype, TTL, values, purpose=Purpose.DMARC, publishing=publishing)
