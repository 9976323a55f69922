"""All checks in the order in which they run, and how what they say becomes one report.

A check is a function of what was gathered. It may go wrong for itself alone: odd data, or a fact that nobody could look
at, makes `check.not_run` of it, and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from itertools import chain

from provisioner.core.checks import (
    account,
    clock,
    configuration_set,
    delegation,
    detours,
    dnssec,
    events,
    hosted_zone,
    identity,
    identity_policy,
    mail_from,
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
from provisioner.core.checks.observed import Fact, NotSeen, Observed, Unseen
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


_IDENTITY = frozenset({Fact.IDENTITY})
_SET = frozenset({Fact.CONFIGURATION_SET})
_EVENTS = frozenset({Fact.DESTINATIONS})
_LOST = frozenset({"ses.no_identity", "identity.elsewhere"})


def _in_dns(looks_at: str, area: Area, run: Run, *facts: Fact) -> Check:
    """Return a check of what the public finds in DNS: of no use while the public does not come to the zone at all."""
    return Check(looks_at, area, frozenset({Fact.DNS, *facts}), run, NO_WAY_TO_THE_ZONE)


_ZONE = frozenset({Fact.DNS, Fact.ZONES})
NO_ZONE = frozenset({"dns.no_zone", "dns.private_only", "dns.zone_replaced", "dns.zone_twice"})
NO_WAY_TO_THE_ZONE = NO_ZONE | {
    "dns.not_delegated",
    "dns.delegated_elsewhere",
    "dns.delegated_partly",
    "dns.lame",
    "dns.dnssec_bogus",
}

CHECKS: tuple[Check, ...] = (
    Check("this machine's clock", Area.ACCOUNT, frozenset({Fact.AHEAD}), clock.check),
    Check("the account", Area.ACCOUNT, frozenset({Fact.ACCOUNT}), account.check),
    Check("the hosted zone", Area.ZONE, _ZONE, hosted_zone.check),
    Check("the delegation", Area.ZONE, _ZONE, delegation.check, NO_ZONE),
    _in_dns("the name servers", Area.ZONE, name_servers.check),
    _in_dns("DNSSEC", Area.ZONE, dnssec.check),
    _in_dns("aliases and delegations", Area.ZONE, detours.check, Fact.RECORDS, Fact.IDENTITY),
    _in_dns("the records of DKIM", Area.RECORDS, records.of_dkim, Fact.IDENTITY),
    _in_dns("the records of MAIL FROM", Area.RECORDS, records.of_mail_from, Fact.RECORDS),
    _in_dns("the DMARC record", Area.RECORDS, records.of_dmarc, Fact.RECORDS),
    _in_dns("SPF at the domain", Area.RECORDS, records.of_spf, Fact.RECORDS),
    _in_dns("wildcards", Area.ZONE, wildcards.check, Fact.RECORDS, Fact.IDENTITY),
    _in_dns("TTLs", Area.RECORDS, ttl.check, Fact.RECORDS, Fact.IDENTITY),
    _in_dns("who receives its mail", Area.RECORDS, receiving.check),
    _in_dns("the resolver", Area.ZONE, resolver.check, Fact.RECORDS, Fact.IDENTITY),
    Check("what SES says of the domain", Area.IDENTITY, _IDENTITY | {Fact.ELSEWHERE}, identity.check),
    Check("how far SES is", Area.IDENTITY, _IDENTITY, ses_view.check),
    Check("MAIL FROM as SES has it", Area.IDENTITY, _IDENTITY, mail_from.check),
    Check("what else is at the MAIL FROM host", Area.RECORDS, frozenset({Fact.DNS}), mail_from.shared),
    Check("other identities at the domain", Area.IDENTITY, frozenset({Fact.NEIGHBOURS}), neighbours.check, _LOST),
    Check("the configuration set", Area.SENDING, _SET | _IDENTITY, configuration_set.check),
    Check("the links in tracked mail", Area.SENDING, _SET | {Fact.DNS}, configuration_set.links),
    Check("who is told of bounces", Area.SENDING, _EVENTS | _IDENTITY | {Fact.NOTIFIED}, events.destinations),
    Check("the topics of events", Area.SENDING, _EVENTS | {Fact.TOPICS}, events.topics),
    Check("the access keys of its SMTP users", Area.ACCESS, frozenset({Fact.USERS}), smtp_users.check_keys),
    Check(
        "the policies of its SMTP users",
        Area.ACCESS,
        frozenset({Fact.USERS, Fact.ACCOUNT, Fact.IDENTITY}),
        smtp_users.check_policies,
    ),
    Check("the SMTP logins", Area.LOGIN, frozenset({Fact.USERS, Fact.LOGINS}), smtp.check),
    Check(
        "who else may send as it", Area.IDENTITY, frozenset({Fact.IDENTITY, Fact.USERS}), identity_policy.check, _LOST
    ),
    Check("bounces and complaints", Area.ACCOUNT, frozenset({Fact.DAYS, Fact.ACCOUNT}), reputation.check),
)
CONCLUSIONS: tuple[Conclusion, ...] = (
    Conclusion("whether all mail is refused", own_mail.draw),
    Conclusion("what SES has not noticed yet", ses_view.late),
)


def checks_of(areas: Collection[Area]) -> tuple[Check, ...]:
    """Return the checks of these areas."""
    return tuple(check for check in CHECKS if check.area in areas)


def expecting_production(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks for who needs an account out of SES's sandbox: to be in it is an error then."""
    strict: dict[Run, Run] = {account.check: account.check_expecting_production}
    return tuple(replace(check, run=strict.get(check.run, check.run)) for check in checks)


def facts_for(checks: Iterable[Check]) -> frozenset[Fact]:
    """Return what has to be gathered for these checks."""
    return frozenset(fact for check in checks for fact in check.needs)


def diagnose(observed: Observed, checks: Sequence[Check]) -> tuple[Finding, ...]:
    """Run the checks and return their findings: causes before what follows from them, the worst first."""
    findings: list[Finding] = []
    unseen: dict[Unseen, list[str]] = {}
    for check in checks:
        errors = {finding.id for finding in findings if finding.severity is Severity.ERROR}
        if errors.isdisjoint(check.unless):
            findings += _within(check.looks_at, partial(check.run, observed), unseen)
    drawn = [_within(one.looks_at, partial(one.draw, observed, tuple(findings)), unseen) for one in CONCLUSIONS]
    findings[:0] = chain.from_iterable(drawn)
    findings += [_not_run(one, words) for one, words in unseen.items()]
    return with_causes(findings)


def _within(looks_at: str, run: Callable[[], Iterator[Finding]], unseen: dict[Unseen, list[str]]) -> list[Finding]:
    """Take what a check says until it ends, or until it meets what nobody could look at."""
    found: list[Finding] = []
    try:
        found.extend(run())
    except NotSeen as missing:
        unseen.setdefault(missing.unseen, []).append(looks_at)
    except Exception as error:  # noqa: BLE001 - odd data must not take the report down
        defect = Unseen(looks_at, "defect", f"{type(error).__name__}: {error}", _DEFECT)
        unseen.setdefault(defect, []).append(looks_at)
    return found


def _not_run(unseen: Unseen, looks_at: Sequence[str]) -> Finding:
    words = ", ".join(dict.fromkeys(looks_at))
    return Finding(
        NOT_RUN,
        Severity.ERROR if unseen.is_error else Severity.WARNING,
        unseen.subject,
        f"nobody could look at {words}: {unseen.reason}",
        unseen.hint,
        evidence={"code": unseen.code, "reason": unseen.reason, "not_looked_at": list(dict.fromkeys(looks_at))},
    )
