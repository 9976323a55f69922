"""Look before anything is planned: what was asked, what is decided, what AWS and DNS say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from provisioner.core.asked.decisions import Decisions
from provisioner.core.asked.remembered import Remembered
from provisioner.core.asked.request import Dmarc, Request, Spf
from provisioner.core.dns.hosted_zone import HostedZone
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.elsewhere import Elsewhere
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.records import Record, desired_records, tokens_published
from provisioner.core.mail_domain.spec import MailDomain, spec_of, standing_as
from provisioner.core.mail_domain.standing import ALL_GOOD, DomainStanding
from provisioner.core.spf.merge import Part
from provisioner.core.terraform.pipeline import Pipeline
from provisioner.core.values.domain import DomainName
from provisioner.ports.edges import Edges
from provisioner.usecases.mail_domain.decisions.dmarc import inherit_dmarc, keep_dmarc
from provisioner.usecases.mail_domain.decisions.elsewhere import look_elsewhere
from provisioner.usecases.mail_domain.decisions.others_mail import reopened, withholds_spf
from provisioner.usecases.mail_domain.decisions.spf import has_unmergeable_txt, merge_spf, others_of, txt_set
from provisioner.usecases.mail_domain.decisions.zone import choose_zone, find_zone
from provisioner.usecases.mail_domain.own_account import in_own_account
from provisioner.usecases.standing import standing_of


@dataclass(frozen=True, slots=True)
class Survey:
    """What was asked and decided, what the domain should become by that (`spec`), and what AWS has of it now.

    `account` is the number of the AWS account. `zone` is None before it exists and when it is elsewhere; `live` are its
    record sets, `elsewhere` is what public DNS has instead. `leaves_feedback` says that the audit pipeline is being
    taken away, and its event destination with it.
    """

    request: Request
    decisions: Decisions
    spec: MailDomain
    identity: IdentityStatus | None
    zone: HostedZone | None
    live: Sequence[Record]
    account: str
    elsewhere: Elsewhere | None = None
    standing: DomainStanding = ALL_GOOD
    leaves_feedback: bool = False

    @property
    def records(self) -> tuple[Record, ...]:
        """The records that must exist; without those of DKIM as long as SES has no identity."""
        return records_of_domain(self.spec, self.identity, self.elsewhere)

    def still_paused(self, before: DomainStanding) -> Survey:
        """Return it with what a look `before` has found to be paused, whose switch may have been lost meanwhile."""
        standing = self.standing.still_paused(before)
        return replace(self, spec=standing_as(self.spec, standing), standing=standing)

    @property
    def remembered(self) -> Remembered:
        """What later runs have to know."""
        return Remembered(self.request, self.decisions, self.account, self.zone.id if self.zone else None)


def survey(edges: Edges, domain: DomainName, request: Request, before: Decisions | None, account: str | None) -> Survey:
    """Decide everything that Terraform will be told; asks AWS and DNS, changes nothing.

    What was decided `before` stays; None: nothing was. `account` is the domain's own, None when nobody wrote it down.
    Raises `Refused` and `InputError` for what cannot be.
    """
    edges.account.check()
    account = in_own_account(edges, domain, account)
    decided = choose_zone(edges, domain, request, before)
    zone = find_zone(edges, decided)
    live = edges.zones.record_sets_around(zone, domain.ascii) if zone else ()
    identity = edges.identities.status(domain, request.region)
    if decided.is_elsewhere:
        there = look_elsewhere(edges, domain, request, before, identity)
        theirs, part, apex = there.dmarc.theirs, there.spf.part, None
        speaks = None if request.dmarc is Dmarc.SKIP else bool(theirs)
        inherited = inherit_dmarc(edges, domain, request, before, theirs=speaks)
    else:
        there = None
        theirs = keep_dmarc(edges, domain, request, before, live)
        part, apex = _spf(edges, domain, request, before, live)
        inherited = inherit_dmarc(edges, domain, request, before, theirs=theirs)
    topic, is_leaving = _feedback(edges, request, before, account)
    decisions = Decisions(decided, inherited, theirs, part, topic)
    spec = replace(spec_of(domain, request, decisions, identity, apex), account=account)
    seen = Survey(request, decisions, spec, identity, zone, live, account, there, leaves_feedback=is_leaving)
    return _completed(edges, seen)


def survey_leaving(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, account: str | None
) -> Survey:
    """Look at a domain that is to be destroyed: nothing more is decided of it.

    So it is not refused for what others have put where nothing can be merged. Raises as `survey`.
    """
    if before is None or before.zone.is_elsewhere:
        return survey(edges, domain, request, before, account)
    edges.account.check()
    account = in_own_account(edges, domain, account)
    zone = find_zone(edges, before.zone)
    live = edges.zones.record_sets_around(zone, domain.ascii) if zone else ()
    identity = edges.identities.status(domain, request.region)
    if identity is not None and not identity.dkim_tokens:  # somebody switched it to a key of another kind
        identity = replace(identity, dkim_tokens=tokens_published(domain, live))
    wanted = replace(request, spf=Spf.SKIP) if has_unmergeable_txt(live, domain.ascii) else request
    spec = replace(spec_of(domain, wanted, before, identity, txt_set(live, domain.ascii)), account=account)
    return _completed(edges, Survey(request, before, spec, identity, zone, live, account))


def _completed(edges: Edges, seen: Survey) -> Survey:
    """Return the survey with what is paused, and with whether others share the TXT set at the domain."""
    seen = seen.still_paused(standing_of(edges, seen.spec.domain, seen.request, seen.identity))
    others = others_of(seen.live, seen.spec.domain.ascii, seen.decisions.spf_part)
    shares = seen.spec.apex_txt is not None and others is not None
    return replace(seen, spec=replace(seen.spec, shares_apex=shares))


def _feedback(edges: Edges, request: Request, before: Decisions | None, account: str) -> tuple[str | None, bool]:
    """Return the topic that is told of bounces and complaints, and whether it is being taken away.

    A home that knows of no pipeline leaves the domain as it is: another home may have deployed one.
    """
    known = edges.workspaces.has_pipeline(account, request.region)
    if known is None:
        return before.feedback_topic if before else None, False
    return (Pipeline(account, request.region).topic_arn, False) if known else (None, True)


def _spf(
    edges: Edges, domain: DomainName, request: Request, before: Decisions | None, live: Sequence[Record]
) -> tuple[Part | None, TxtSet | None]:
    if withholds_spf(edges, domain, request, before, live):
        return Part.NOTHING, None
    return merge_spf(edges, domain, request, reopened(request, before), live)


def records_of_domain(
    spec: MailDomain, identity: IdentityStatus | None, elsewhere: Elsewhere | None
) -> tuple[Record, ...]:
    """Return the records that must exist, in a zone that is `elsewhere` with what there is to do for each."""
    tokens = identity.dkim_tokens if identity else ()
    return desired_records(spec, tokens) if elsewhere is None else elsewhere.records(spec, tokens)
