"""All checks in the order in which they run, and how what they say becomes one report.

A check is a function of what was gathered. It may go wrong for itself alone: odd data, or a fact that nobody could look
at, makes `check.not_run` of it, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial

from provisioner.core.checks import (
    account,
    clock,
    configuration_set,
    delegation,
    detours,
    dkim,
    dnssec,
    events,
    hosted_zone,
    identity,
    identity_policy,
    mail_from,
    metrics,
    name_servers,
    neighbours,
    own_mail,
    receiving,
    records,
    reputation,
    resolver,
    ses_view,
    smtp,
    smtp_users,
    ttl,
    wildcards,
)
from provisioner.core.checks.causes import with_causes
from provisioner.core.checks.observed import NOT_WANTED, Fact, NotSeen, Observed, Unseen
from provisioner.core.dns.public_dns import PublicDns
from provisioner.core.findings import NOT_RUN, Finding, Severity

_DEFECT = "repeat it with PROVISIONER_TRACEBACK=1, and report it"

Run = Callable[[Observed], Iterator[Finding]]


class Area(StrEnum):
    """What a check is about; a command that looks at a part of a domain names the areas of that part."""

    ZONE = "zone"  # delegation, name servers, wildcards: whether the public comes to the records at all
    RECORDS = "records"  # those of DKIM, MAIL FROM, SPF and DMARC, as DNS has them
    IDENTITY = "identity"  # what SES says of the domain
    SENDING = "sending"  # configuration set, events, suppression
    ACCESS = "access"  # IAM user, policies, keys
    LOGIN = "login"  # SMTP, with the credential that is stored
    ACCOUNT = "account"  # the account as a whole, and this machine


@dataclass(frozen=True, slots=True)
class Check:
    """One check, by the words for what it looks at.

    `needs` are the facts that it reads. It does not run after an error with one of the ids `unless`: what it would say
    then follows from that error, and would only hide it.
    """

    looks_at: str
    area: Area
    needs: frozenset[Fact]
    run: Run
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What several findings together mean; it runs after all checks, and is told before what is as bad."""

    looks_at: str
    draw: Callable[[Observed, Sequence[Finding]], Iterator[Finding]]


def _in_dns(looks_at: str, area: Area, run: Run, *facts: Fact) -> Check:
    """Return a check of what the public finds in DNS: of no use while the public does not come to the zone at all."""
    return Check(looks_at, area, frozenset({Fact.DNS, *facts}), run, NO_WAY_TO_THE_ZONE)


_IDENTITY = frozenset({Fact.IDENTITY})
_SET = frozenset({Fact.CONFIGURATION_SET})
_EVENTS = frozenset({Fact.DESTINATIONS})
_USERS = frozenset({Fact.USERS})
_ZONE = frozenset({Fact.DNS, Fact.ZONES})
_LOST = frozenset({"ses.no_identity", "identity.elsewhere"})
NO_ZONE = frozenset({"dns.no_zone", "dns.private_only", "dns.zone_replaced", "dns.zone_twice"})
NO_WAY_TO_THE_ZONE = NO_ZONE | {
    "dns.not_delegated",
    "dns.delegated_elsewhere",
    "dns.delegated_partly",
    "dns.lame",
    "dns.dnssec_bogus",
}
_IDENTITY = frozenset({Fact.IDENTITY})
_SET = frozenset({Fact.CONFIGURATION_SET})
_EVENTS = frozenset({Fact.DESTINATIONS})
_LOST = frozenset({"ses.no_identity", "identity.elsewhere"})

CHECKS: tuple[Check, ...] = (
    Check("this machine's clock", Area.ACCOUNT, frozenset({Fact.AHEAD}), clock.check),
    Check("the account", Area.ACCOUNT, frozenset({Fact.ACCOUNT}), account.check),
    Check("the hosted zone", Area.ZONE, _ZONE, hosted_zone.check),
    Check("the delegation", Area.ZONE, _ZONE, delegation.check, NO_ZONE),
    _in_dns("the name servers", Area.ZONE, name_servers.check),
    _in_dns("DNSSEC", Area.ZONE, dnssec.check),
    _in_dns("aliases and delegations", Area.ZONE, detours.check, Fact.RECORDS, Fact.IDENTITY),
    _in_dns("the records of DKIM", Area.RECORDS, dkim.check, Fact.IDENTITY, Fact.PUBLISHED_TOKENS),
    _in_dns("the records of MAIL FROM", Area.RECORDS, records.of_mail_from, Fact.RECORDS),
    _in_dns("what else is at the MAIL FROM host", Area.RECORDS, mail_from.shared),
    _in_dns("the DMARC record", Area.RECORDS, records.of_dmarc, Fact.RECORDS),
    _in_dns("SPF at the domain", Area.RECORDS, records.of_spf, Fact.RECORDS),
    _in_dns("wildcards", Area.ZONE, wildcards.check, Fact.RECORDS, Fact.IDENTITY),
    _in_dns("TTLs", Area.RECORDS, ttl.check, Fact.RECORDS, Fact.IDENTITY),
    _in_dns("who receives its mail", Area.RECORDS, receiving.check),
    _in_dns("the resolver", Area.ZONE, resolver.check, Fact.RECORDS, Fact.IDENTITY),
    Check("what SES says of the domain", Area.IDENTITY, _IDENTITY | {Fact.ELSEWHERE}, identity.check),
    Check("how far SES is", Area.IDENTITY, _IDENTITY, ses_view.check),
    Check("MAIL FROM as SES has it", Area.IDENTITY, _IDENTITY, mail_from.check),
    Check("other identities at the domain", Area.IDENTITY, frozenset({Fact.NEIGHBOURS}), neighbours.check, _LOST),
    Check("the configuration set", Area.SENDING, _SET | _IDENTITY, configuration_set.check),
    Check("whom the account sends to again", Area.SENDING, _SET | {Fact.ACCOUNT}, configuration_set.of_account),
    Check("the links in tracked mail", Area.SENDING, _SET | {Fact.DNS}, configuration_set.links),
    Check("who is told of bounces", Area.SENDING, _EVENTS | _IDENTITY | {Fact.NOTIFIED}, events.destinations),
    Check("the topics of events", Area.SENDING, _EVENTS | _IDENTITY | {Fact.TOPICS}, events.topics),
    Check("the access keys of its SMTP users", Area.ACCESS, _USERS, smtp_users.check_keys),
    Check(
        "the policies of its SMTP users",
        Area.ACCESS,
        _USERS | _IDENTITY | {Fact.ACCOUNT},
        smtp_users.check_policies,
    ),
    Check("the SMTP logins", Area.LOGIN, _USERS | {Fact.LOGINS}, smtp.check),
    Check("who else may send as it", Area.IDENTITY, _IDENTITY | _USERS, identity_policy.check, _LOST),
    Check("what is counted of its mail", Area.SENDING, _SET | _USERS | {Fact.DAYS}, metrics.check),
    Check("bounces and complaints", Area.ACCOUNT, frozenset({Fact.DAYS, Fact.ACCOUNT}), reputation.check),
)
CONCLUSIONS: tuple[Conclusion, ...] = (
    Conclusion("whether all mail is refused", own_mail.draw),
    Conclusion("what SES has not noticed yet", ses_view.late),
)


def checks_of(areas: Collection[Area]) -> tuple[Check, ...]:
    """Return the checks of these areas."""
    return tuple(check for check in CHECKS if check.area in areas)


def expecting(checks: Iterable[Check], *, production: bool, due: timedelta | None) -> tuple[Check, ...]:
    """Return the checks for who expects more than others.

    `production`: to be in SES's sandbox is an error. `due`: keys that are older shall be replaced.
    """
    strict: dict[Run, Run] = {account.check: account.check_expecting_production} if production else {}
    strict |= {} if due is None else {smtp_users.check_keys: smtp_users.check_keys_due(due)}
    return tuple(replace(check, run=strict.get(check.run, check.run)) for check in checks)


def facts_for(checks: Iterable[Check]) -> frozenset[Fact]:
    """Return what has to be gathered for these checks."""
    return frozenset(fact for check in checks for fact in check.needs)


@dataclass(frozen=True, slots=True)
class Said:
    """What a check said until it ended, or until it met what nobody could look at."""

    findings: tuple[Finding, ...]
    unseen: Unseen | None = None


def diagnose(
    observed: Observed, checks: Sequence[Check], settled: dict[Check, Said] | None = None
) -> tuple[Finding, ...]:
    """Run the checks and return their findings: causes before what follows from them, the worst first.

    While facts are on their way it is called again and again with the same `settled`: what a check said that had all it
    needs stays there, and it is not run any more.
    """
    kept = {} if settled is None else settled
    said: list[tuple[str, Said]] = []
    errors: set[str] = set()
    for check in checks:
        if errors.isdisjoint(check.unless):
            said.append((check.looks_at, one := kept.get(check) or _once(check, observed, kept)))
            errors |= {finding.id for finding in one.findings if finding.severity is Severity.ERROR}
    found = [finding for _, one in said for finding in one.findings]
    drawn = [(one.looks_at, _said(one.looks_at, partial(one.draw, observed, found))) for one in CONCLUSIONS]
    concluded = [finding for _, one in drawn for finding in one.findings]
    return with_causes([*concluded, *found, *_not_run([*said, *drawn])])


def _once(check: Check, observed: Observed, settled: dict[Check, Said]) -> Said:
    """Run a check, and keep what it says for good when it had all facts and all answers that it asked for."""
    dns = observed.dns
    unanswered = dns.unanswered if isinstance(dns, PublicDns) else 0
    said = _said(check.looks_at, partial(check.run, observed))
    has_answers = not isinstance(dns, PublicDns) or dns.unanswered == unanswered
    if has_answers and all(getattr(observed, fact) is not NOT_WANTED for fact in check.needs):
        settled[check] = said
    return said


def _said(looks_at: str, run: Callable[[], Iterator[Finding]]) -> Said:
    found: list[Finding] = []
    try:
        found.extend(run())
    except NotSeen as missing:
        return Said(tuple(found), missing.unseen)
    except Exception as error:  # noqa: BLE001 - odd data must not take the report down
        return Said(tuple(found), Unseen(looks_at, "defect", f"{type(error).__name__}: {error}", _DEFECT))
    return Said(tuple(found))


def _not_run(said: Iterable[tuple[str, Said]]) -> Iterator[Finding]:
    """Say once of each thing that nobody could look at which checks wanted it."""
    unseen: dict[Unseen, dict[str, None]] = {}
    for looks_at, one in said:
        if one.unseen is not None:
            unseen.setdefault(one.unseen, {})[looks_at] = None
    for missing, wanted_by in unseen.items():
        yield Finding(
            NOT_RUN,
            Severity.ERROR if missing.is_error else Severity.WARNING,
            missing.subject,
            f"nobody could look at {', '.join(wanted_by)}: {missing.reason}",
            missing.hint,
            evidence={"code": missing.code, "reason": missing.reason, "not_looked_at": list(wanted_by)},
        )
