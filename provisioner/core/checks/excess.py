"""What an SMTP user may do beyond sending as its own domain, and who else may act as it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from provisioner.core.checks.policy import POLICIES, remedy_for
from provisioner.core.credentials.holdings import Holding, described, removal
from provisioner.core.credentials.iam_user import GivenPolicy
from provisioner.core.credentials.reach import Reach, reach_of
from provisioner.core.credentials.samples import Sample, Scope, mail_as_others, mail_by_other_set
from provisioner.core.credentials.smtp_user_state import SmtpUserState, is_ours
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.findings import Finding, Severity
from provisioner.core.iam.evaluate import Outcome, evaluate
from provisioner.core.iam.policy import Policy
from provisioner.core.values.smtp_user import SmtpUser

_LEAST = "IAM user guide, Security best practices in IAM (apply least-privilege permissions)"
_MOST_NAMED = 5  # actions in a message
_SEVERITIES = {Reach.READS: Severity.INFO, Reach.MORE: Severity.WARNING, Reach.ACCOUNT: Severity.ERROR}


def excess(state: SmtpUserState, told: Collection[str] = ()) -> Iterator[Finding]:
    """Go through what the user has beyond its own mail, the worst of each policy; what is harmless is only noted.

    `told` are policies of which something was said already, so that they need not be noted.
    """
    if state.iam is None:
        return
    told = set(told)
    whole: list[Policy] = []
    for policy in state.policies:
        found = dict(reach_of(policy, state.policies, state.boundary))
        if found:
            told.add(policy.name)
            yield _more_than_mail(state, policy, found)
        if Reach.ACCOUNT in found.values():
            whole.append(policy)
    if state.scope is not None:
        for finding, policy in _too_wide(state, state.scope, [one for one in state.policies if one not in whole]):
            told.add(policy.name)
            yield finding
    yield from _not_ours(state, told)
    if state.iam.has_password is True:
        yield _password(state)


def _more_than_mail(state: SmtpUserState, policy: Policy, found: dict[str, Reach]) -> Finding:
    worst = max(found.values())
    named = [action for action, reach in found.items() if reach is worst]
    more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
    what = {
        Reach.READS: "lets it read beside sending",
        Reach.MORE: "lets it do more than send",
        Reach.ACCOUNT: "puts more into the hands of whoever has its key than the mail of one domain",
    }
    remedy, command = _remedy(state, policy)
    return Finding(
        "iam.more_than_mail",
        _SEVERITIES[worst],
        state.subject,
        f"{_introduced(state, policy)} {what[worst]}: {', '.join(named[:_MOST_NAMED])}{more}",
        remedy,
        _LEAST,
        {"policy": policy.name, "actions": list(found)},
        command,
    )


def _too_wide(state: SmtpUserState, scope: Scope, policies: Sequence[Policy]) -> Iterator[tuple[Finding, Policy]]:
    """Look whether it may send as others, or else past its configuration set."""
    looks = (
        (mail_as_others(scope), Severity.ERROR, "it may send as others"),
        (mail_by_other_set(scope), Severity.WARNING, "it may send past its own set, where no pause holds it"),
    )
    for samples, severity, what in looks:
        passing = [sample for sample in samples if _passes(state, sample, policies)]
        if passing:
            first = passing[0]
            policy = next((one for one in policies if _passes(state, first, [one])), policies[0])
            remedy, command = _remedy(state, policy)
            message = f"{_introduced(state, policy)} is too wide: {what}, for instance {first.words}"
            evidence: dict[str, object] = {"policy": policy.name, "allowed": [one.words for one in passing]}
            finding = Finding("iam.too_wide", severity, state.subject, message, remedy, POLICIES, evidence, command)
            yield finding, policy
            return


def _passes(state: SmtpUserState, sample: Sample, policies: Sequence[Policy]) -> bool:
    """Say whether a request may pass, if not always: by a condition that the single request decides."""
    denying = [one for one in state.policies if one not in policies]
    decision = evaluate(policies, sample.request, state.boundary)
    if any(evaluate([one], sample.request).explicit_deny for one in denying):
        return False
    depends = decision.unknown is not None and decision.unknown.key is not None
    return decision.allowed or (decision.outcome is Outcome.UNKNOWN and depends)


def _not_ours(state: SmtpUserState, told: set[str]) -> Iterator[Finding]:
    """Note what it has from elsewhere and gives it nothing, or of which nobody could say what it gives."""
    others = [one for one in state.given if not is_ours(one.holding, one.name)]
    noted = [one for one in others if one.holding is not Holding.GROUP and str(one) not in told]
    yield from (_noted(state, one.holding, one.name, str(one), one.document) for one in noted)
    groups = state.iam.groups if state.iam else {}
    for name, policies in [] if isinstance(groups, Unseen) else groups.items():
        if isinstance(policies, Unseen) or told.isdisjoint(map(str, policies)):
            yield _noted(state, Holding.GROUP, name, described(Holding.GROUP, name), policies)


def _noted(state: SmtpUserState, holding: Holding, name: str, words: str, document: object) -> Finding:
    said = "nobody could look at what it allows" if isinstance(document, Unseen) else "it lets the user do nothing more"
    return Finding(
        "iam.group" if holding is Holding.GROUP else "iam.further_policy",
        Severity.INFO,
        state.subject,
        f"it also has {words}, which is not ours; {said}",
        removal(state.user.iam_user, holding, name),
        evidence={"kind": str(holding), "name": name},
    )


def _password(state: SmtpUserState) -> Finding:
    return Finding(
        "iam.console_password",
        Severity.WARNING,
        state.subject,
        f"it also has {described(Holding.PASSWORD, '')}, which is not ours: it may do more than send as "
        f"{_as(state.user)}",
        removal(state.user.iam_user, Holding.PASSWORD, ""),
        evidence={"kind": str(Holding.PASSWORD), "name": ""},
    )


def _introduced(state: SmtpUserState, policy: Policy) -> str:
    """Return what a message begins with that is about a policy."""
    given = state.named(policy.name)
    is_own = given is not None and is_ours(given.holding, given.name)
    return policy.name if is_own else f"it also has {policy.name}, which is not ours and"


def _as(user: SmtpUser) -> str:
    return str(user.domain) if user.sender is None else f"sender {user.sender}"


def _remedy(state: SmtpUserState, policy: Policy) -> tuple[str, tuple[str, ...] | None]:
    given: GivenPolicy | None = state.named(policy.name)
    return remedy_for(state, given) if given else ("", None)
