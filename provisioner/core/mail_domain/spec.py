"""The mail domain as it shall be: every decision taken, nothing left to look up."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from provisioner.core.asked.boundary import Boundary
from provisioner.core.asked.decisions import Decisions, ResolvedZone
from provisioner.core.asked.ignored_tags import IgnoredTags
from provisioner.core.asked.options import LONGEST_TAG_VALUE, tag_text
from provisioner.core.asked.provenance import count_tags, to_tags
from provisioner.core.asked.request import Dmarc, DmarcPolicy, Request, Spf, Tls
from provisioner.core.asked.senders import Senders
from provisioner.core.asked.tags import MOST_TAGS, MOST_TAGS_OF_A_ZONE, OURS
from provisioner.core.dmarc.protocol import external_report_name
from provisioner.core.dns.txt_set import TxtSet
from provisioner.core.mail_domain.identity import IdentityStatus
from provisioner.core.mail_domain.standing import DomainStanding
from provisioner.core.spf.merge import Part
from provisioner.core.values.address import LONGEST_ADDRESS, EmailAddress
from provisioner.core.values.domain import DomainName
from provisioner.core.values.domain_input import LONGEST_NAME
from provisioner.core.values.region import Region
from provisioner.core.values.resource_names import configuration_set_name, iam_user_name
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import InputError

TOKEN_LENGTH = 32  # of the three Easy DKIM tokens


@dataclass(frozen=True, slots=True)
class MailDomain:
    """One domain on SES; `mail_from` is a full host name, `dmarc` None publishes no record of ours.

    `apex_txt` is the TXT set at the domain with our part in it; where others share it (`shares_apex`), Terraform does
    not write it. `account` is the number of the AWS account that it is for; empty where AWS was not asked.
    `feedback_topic` is the ARN of the SNS topic that is told what becomes of its mail, None where nobody is.
    """

    domain: DomainName
    region: Region
    zone: ResolvedZone
    delegation_set: str | None
    mail_from: str
    dmarc: DmarcPolicy | None
    dmarc_rua: EmailAddress | None
    publish_spf: bool
    configuration_set: str
    iam_user: str
    signing_hosted_zone: str
    sending_enabled: bool
    tls: Tls
    permissions_boundary: Boundary
    ignore_tags: IgnoredTags
    tags: Mapping[str, str]
    identity_tags: Mapping[str, str]
    apex_txt: TxtSet | None
    senders: Senders
    shares_apex: bool = False
    account: str = ""
    feedback_topic: str | None = None

    @property
    def smtp_users(self) -> tuple[SmtpUser, ...]:
        """The main SMTP user, and behind it those of the senders."""
        return (SmtpUser(self.domain), *(SmtpUser(self.domain, name) for name in self.senders.names))


def spec_of(
    domain: DomainName,
    request: Request,
    decisions: Decisions,
    identity: IdentityStatus | None,
    apex_txt: TxtSet | None = None,
) -> MailDomain:
    """Turn what was asked and decided into what shall be.

    `identity` is what SES says of it, None before it exists: only then SES names the zone that DKIM records point into.
    `apex_txt` is the TXT set at the domain with our part in it, None when nothing of it is ours or nothing else is in
    it. Undecided inheritance of DMARC counts as inherited: no record of ours is better than a wrong one.

    Raises `InputError`: `domain_too_long`, `invalid_dmarc_rua`, `invalid_contact` for an address that no AWS tag can
    hold, `invalid_sender` for an address that is too long, or `too_many_tags`.
    """
    signing_hosted_zone = identity.signing_hosted_zone if identity else None
    spec = MailDomain(
        domain=domain,
        region=request.region,
        zone=decisions.zone,
        delegation_set=request.delegation_set if decisions.zone.is_ours else None,
        mail_from=domain.child(request.mail_from),
        dmarc=_policy(request, decisions),
        dmarc_rua=request.dmarc_rua,
        publish_spf=request.spf is not Spf.SKIP and decisions.spf_part is not Part.NOTHING,
        configuration_set=configuration_set_name(domain),
        iam_user=iam_user_name(domain),
        signing_hosted_zone=signing_hosted_zone or request.region.signing_hosted_zone,
        sending_enabled=True,  # until the domain's standing is known: `standing_as`
        tls=request.tls,
        permissions_boundary=request.permissions_boundary,
        ignore_tags=request.ignore_tags,
        tags=_tags(domain, request),
        identity_tags=to_tags(request, decisions),
        apex_txt=apex_txt,
        senders=request.senders,
        feedback_topic=decisions.feedback_topic,
    )
    _refuse_hidden_tags(spec)
    _refuse_long_names(spec)
    _refuse_long_addresses(spec)
    _refuse_lost_reports(spec, request)
    refuse_too_many_tags(domain, request, makes_zone=decisions.zone.is_ours)
    return spec


def standing_as(spec: MailDomain, standing: DomainStanding) -> MailDomain:
    """Return the domain with what is paused as it stands.

    Its tags only say since when and why, so that those for which AWS has no room beside the others are left out.
    """
    room = max(0, MOST_TAGS - len(spec.tags) - len(spec.identity_tags))
    tags = dict(list(standing.to_tags().items())[:room])
    return replace(spec, sending_enabled=standing.domain.may_send, identity_tags={**spec.identity_tags, **tags})


def _policy(request: Request, decisions: Decisions) -> DmarcPolicy | None:
    if request.dmarc is not None:
        return request.dmarc.policy
    is_foreign = decisions.dmarc_inherited is not False or decisions.dmarc_theirs
    return None if is_foreign else DmarcPolicy.NONE


def refuse_too_many_tags(domain: DomainName, request: Request, *, makes_zone: bool) -> None:
    """Raise `InputError("too_many_tags")` when a resource would carry more tags, ours and others, than AWS allows."""
    carried = len(_tags(domain, request))
    limits = [("hosted zone", carried, MOST_TAGS_OF_A_ZONE)] if makes_zone else []
    for resource, count, most in [*limits, ("identity", carried + count_tags(request), MOST_TAGS)]:
        if count > most:
            message = f"{domain}: its {resource} would carry {count} tags, and AWS allows {most}"
            hint = f"Remove {count - most} of your own, for example with --no-tag KEY."
            raise InputError("too_many_tags", message, hint)


def _refuse_hidden_tags(spec: MailDomain) -> None:
    for key in (*spec.tags, *spec.identity_tags, *OURS):
        if spec.ignore_tags.hides(key):
            message = f"{spec.domain}: to ignore {spec.ignore_tags} would hide the tag {key}, which is ours to set"
            raise InputError("invalid_ignore_tags", message, "Ignore keys that only others set.")


def _refuse_long_names(spec: MailDomain) -> None:
    for name in (spec.domain.child(f"{'x' * TOKEN_LENGTH}._domainkey"), spec.mail_from):
        if len(name) > LONGEST_NAME:
            message = f"{spec.domain}: a record below it would have a name of {len(name)} characters, {name}"
            hint = f"DNS allows {LONGEST_NAME}; use a shorter domain or --mail-from label."
            raise InputError("domain_too_long", message, hint)


def _refuse_long_addresses(spec: MailDomain) -> None:
    for sender in spec.senders.listed:
        address = sender.address(spec.domain)
        if len(address) > LONGEST_ADDRESS:
            message = f"{spec.domain}: the address of its sender {sender.name} would have {len(address)} characters"
            raise InputError("invalid_sender", message, f"An address has at most {LONGEST_ADDRESS}.")


def _refuse_lost_reports(spec: MailDomain, request: Request) -> None:
    rua = spec.dmarc_rua
    if rua is None:
        return
    if spec.dmarc is None:
        why = "--dmarc skip publishes none" if request.dmarc is Dmarc.SKIP else "the policy is inherited"
        message = f"{spec.domain}: reports to {rua} need a DMARC record here, but {why}"
        raise InputError("invalid_dmarc_rua", message, "Give --dmarc with a policy too, to publish one of its own.")
    if rua.domain == spec.mail_from:
        message = f"{spec.domain}: DMARC reports to {rua} would vanish, the MAIL FROM host receives bounces only"
        raise InputError("invalid_dmarc_rua", message, "Give an address at a domain that receives mail.")
    if len(external_report_name(spec.domain, rua) or "") > LONGEST_NAME:
        message = f"{spec.domain}: no receiver could verify {rua} as its report address, the name is too long for DNS"
        raise InputError("invalid_dmarc_rua", message, f"Give an address below {spec.domain.organizational}.")


def _tags(domain: DomainName, request: Request) -> dict[str, str]:
    tags = {"ManagedBy": "provisioner", "Domain": domain.ascii, **request.tags.to_document()}
    if request.customer:
        tags["Customer"] = request.customer
    if request.contact:
        tags["Contact"] = _contact_tag(request.contact)
    return tags


def _contact_tag(contact: EmailAddress) -> str:
    tag = tag_text(str(contact))
    if len(tag) > LONGEST_TAG_VALUE:
        message = f"the contact {contact} is too long for an AWS tag"
        raise InputError("invalid_contact", message, "Give a shorter address.")
    return tag
