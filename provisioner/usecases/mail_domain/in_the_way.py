"""Record sets of others that stand where ours would go: refused by name, with the way out that helps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.mail_domain.records import Purpose, Record, conflicts, desired_records
from provisioner.core.mail_domain.spec import TOKEN_LENGTH
from provisioner.core.terraform.addresses import record
from provisioner.errors import Refused
from provisioner.usecases.mail_domain.survey import Survey
from provisioner.usecases.mail_domain.undertaking import Undertaking

_FREE_LABELS = ("bounce", "mail", "bounces", "ses", "mailfrom", "outbound")
_UNKNOWN_TOKENS = tuple(str(index) * TOKEN_LENGTH for index in range(3))  # SES has not said which they will be
_AVOIDABLE = {Purpose.SPF, Purpose.MAIL_FROM_MX, Purpose.MAIL_FROM_SPF}
_CUTS = ("NS", "DNAME")


def refuse_conflicts(work: Undertaking, seen: Survey, created: Collection[str]) -> None:
    """Refuse to touch record sets of others that stand where a plan would create ours.

    Warns of a delegation that came later, and since then hides records that we have made.
    """
    needs = _Needs.of(seen, created)
    standing = needs.conflicts(needs.fresh)
    if standing:
        raise Refused("records_exist", _message(seen, standing), f"nothing was touched; {_way_out(work, needs)}")
    for cut in (found for found in needs.conflicts(needs.made) if found.type in _CUTS):
        work.edges.progress.warn(f"{seen.spec.domain}: {_answered_elsewhere(cut)}, so records of ours are not seen")


@dataclass(frozen=True, slots=True)
class _Needs:
    """The records that a domain needs, those that a plan would make (`fresh`) and those that are there (`made`)."""

    seen: Survey
    fresh: tuple[Record, ...]
    made: tuple[Record, ...]

    @classmethod
    def of(cls, seen: Survey, created: Collection[str]) -> _Needs:
        tokens = seen.identity.dkim_tokens if seen.identity else ()
        wanted = desired_records(seen.spec, tokens or _UNKNOWN_TOKENS)
        fresh = tuple(need for need in wanted if record(need.purpose, need.index) in created)
        return cls(seen, fresh, tuple(need for need in wanted if need not in fresh))

    def conflicts(self, needs: Sequence[Record]) -> tuple[Record, ...]:
        # A CNAME at the name of a DKIM token of this identity is nobody else's.
        ours = [
            (need.name, need.type) for need in (*self.made, *self.fresh) if need in self.made or need.type == "CNAME"
        ]
        return conflicts(needs, self.seen.live, ours)

    def hit(self) -> frozenset[Purpose]:
        """Return what the records are for that something is in the way of."""
        return frozenset(need.purpose for need in self.fresh if self.conflicts([need]))

    def free_label(self) -> str | None:
        """Return a label for a MAIL FROM host at which nothing stands."""
        hosts = [need for need in (*self.fresh, *self.made) if need.purpose.is_mail_from]
        names = {label: self.seen.spec.domain.child(label) for label in _FREE_LABELS}
        free = (
            label
            for label, name in names.items()
            if not conflicts([replace(need, name=name) for need in hosts], self.seen.live, ())
        )
        return next(free, None)


def _message(seen: Survey, standing: Sequence[Record]) -> str:
    spec = seen.spec
    named = "; ".join(map(str, standing))
    holds = f"zone {spec.zone.name} already holds {len(standing)} record sets where ours would go: {named}"
    cuts = "".join(f"; {_answered_elsewhere(found)}" for found in standing if found.type in _CUTS)
    return f"{spec.domain}: {holds}{cuts}"


def _answered_elsewhere(cut: Record) -> str:
    at = "at or below" if cut.type == "NS" else "below"
    return f"what lies {at} {cut.name} is answered by {' '.join(cut.values)}, not by this zone"


def _way_out(work: Undertaking, needs: _Needs) -> str:
    ways = list(_ways_around(needs))
    if ways:
        return "; ".join(ways)
    external = ", or use --zone external" if work.starting.remembered is None else ""
    cuts = [found for found in needs.conflicts(needs.fresh) if found.type in _CUTS]
    if not cuts:
        return f"remove or rename them{external}"
    hosts = " ".join(host for cut in cuts for host in cut.values)
    publish = f" and publish the records below {cuts[0].name} at {hosts}" if external else ""
    return f"remove {cuts[0].type} {cuts[0].name}{external}{publish}"


def _ways_around(needs: _Needs) -> Iterator[str]:
    """Go through the options by which we need none of the names that are taken; none when that is not possible."""
    hit, free = needs.hit(), needs.free_label()
    takes_mail_from = any(purpose.is_mail_from for purpose in hit)
    if not hit <= _AVOIDABLE or (takes_mail_from and free is None):
        return
    if Purpose.SPF in hit:
        yield "mail of SES passes SPF at its MAIL FROM domain, go on without SPF at the domain itself: give --spf skip"
    if takes_mail_from:
        yield f"the MAIL FROM domain must be used for nothing else: give --mail-from {free}"
