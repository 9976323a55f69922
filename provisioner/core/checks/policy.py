"""Whether the policies of an SMTP user let it send: evaluated as IAM does it, for requests as SMTP makes them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from provisioner.core.credentials.holdings import removal
from provisioner.core.credentials.iam_user import Bound, GivenPolicy
from provisioner.core.credentials.samples import API, Scope, mail_to_identity, own_mail
from provisioner.core.credentials.smtp_user_state import SmtpUserState, is_ours
from provisioner.core.credentials.unseen import Unseen
from provisioner.core.findings import NOT_RUN, Finding, Severity
from provisioner.core.iam.evaluate import Decision, Outcome, evaluate
from provisioner.core.iam.policy import Policy
from provisioner.core.iam.request import IamRequest
from provisioner.core.values.resource_names import USER_POLICY

POLICIES = "SES developer guide, Controlling access to Amazon SES"
_LOGIC = "IAM user guide, Policy evaluation logic"
_BOUNDARIES = "IAM user guide, Permissions boundaries for IAM entities"
_ALLOW = "allow the operator the action, see docs/permissions.md"
_ANYTHING = Policy.of("", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})


def permission(state: SmtpUserState, *, to_identities_only: bool = False) -> Iterator[Finding]:
    """Go through what keeps the user from sending; `to_identities_only` says that the account is in SES's sandbox.

    Of a user that is missing nothing but that is to be said.
    """
    if state.iam is None:
        yield _no_user(state)
    elif state.scope is not None:
        yield from _own_mail(state, state.scope)
        yield from _mail_to_identities(state, state.scope, only=to_identities_only)


def unseen(state: SmtpUserState, but: Collection[str] = ()) -> Iterator[Finding]:
    """Go through what of the user nobody could look at, but for the use of its keys, and what nobody asks for."""
    looks = list(state.iam.unseen) if state.iam else []
    if isinstance(state.stored, Unseen):
        looks.append(("stored credential", state.stored))
    for what, seen in looks:
        if not what.startswith("use of") and what not in but:
            message = f"nobody looked at its {what.removeprefix('the ')}: {seen.reason}"
            yield Finding(NOT_RUN, Severity.WARNING, state.subject, message, seen.hint or _ALLOW)


def remedy_for(state: SmtpUserState, policy: GivenPolicy) -> tuple[str, tuple[str, ...] | None]:
    """Return what puts a policy right: our own is put back as it was, another is taken away."""
    domain = state.user.domain
    if is_ours(policy.holding, policy.name):
        return f"`provisioner new-domain {domain}` puts it back as it was", ("new-domain", domain.ascii)
    return removal(state.user.iam_user, policy.holding, policy.name), None


def _no_user(state: SmtpUserState) -> Finding:
    domain = state.user.domain
    message = "it does not exist, so that nobody can send with its password"
    remedy = f"`provisioner new-domain {domain}` makes it again, with another password"
    command = ("new-domain", domain.ascii)
    return Finding("iam.no_user", Severity.ERROR, state.subject, message, remedy, command=command)


def _own_mail(state: SmtpUserState, scope: Scope) -> Iterator[Finding]:
    decision = evaluate(state.policies, own_mail(scope), state.boundary)
    is_gone = state.iam is not None and not isinstance(state.iam.inline, Unseen) and state.ours is None
    match decision.outcome:
        case Outcome.DENIED:
            yield _denied(state, own_mail(scope))
        case Outcome.OUT_OF_BOUNDS:
            yield _out_of_bounds(state, "does not allow ses:SendRawEmail, so that no policy of the user does")
        case Outcome.NOT_ALLOWED if is_gone:
            yield _no_policy(state, Severity.ERROR)
        case Outcome.NOT_ALLOWED if state.ours and not isinstance(state.ours.document, Unseen):
            yield _too_narrow(state, scope, decision)
        case Outcome.UNKNOWN:
            yield _undecided(state, decision)
        case Outcome.ALLOWED if is_gone:
            yield _no_policy(state, Severity.WARNING)


def _mail_to_identities(state: SmtpUserState, scope: Scope, *, only: bool) -> Iterator[Finding]:
    """Look at mail to recipients whose identity is in the account, which SES authorises as well."""
    both = [evaluate(state.policies, ask(scope), state.boundary).outcome for ask in (own_mail, mail_to_identity)]
    if both != [Outcome.ALLOWED, Outcome.NOT_ALLOWED]:
        return
    whom = "while the account is in SES's sandbox that is everybody" if only else "mail to all others goes out"
    command = ("new-domain", state.user.domain.ascii)
    yield Finding(
        "iam.too_narrow",
        Severity.ERROR if only else Severity.WARNING,
        state.subject,
        f"its policies cover {scope.identity} and no recipient's identity, so that SES refuses (554) mail to addresses "
        f"whose domain is in this account, too; {whom}",
        f"`provisioner new-domain {state.user.domain}` mends it",
        POLICIES,
        command=command,
    )


def _denied(state: SmtpUserState, request: IamRequest) -> Finding:
    denying = [one for one in state.policies if evaluate([_ANYTHING, one], request).explicit_deny]
    found = [given for one in denying if (given := state.named(one.name)) is not None]
    if not found:
        return _out_of_bounds(state, "denies ses:SendRawEmail")
    remedies = [remedy_for(state, one) for one in found]
    names = " and ".join(dict.fromkeys(str(one) for one in found))
    return Finding(
        "iam.denied",
        Severity.ERROR,
        state.subject,
        f"{names} {'denies' if len(found) == 1 else 'deny'} it to send, whatever else allows it",
        "; ".join(dict.fromkeys(remedy for remedy, _ in remedies)),
        _LOGIC,
        {"policies": [str(one) for one in found]},
        next((command for _, command in remedies if command), None),
    )


def _out_of_bounds(state: SmtpUserState, what: str) -> Finding:
    bound = state.iam.boundary if state.iam else None
    arn = bound.arn if isinstance(bound, Bound) else ""
    return Finding(
        "iam.boundary",
        Severity.ERROR,
        state.subject,
        f"its permissions boundary {arn} {what}",
        f"let {arn} allow ses:SendRawEmail, or take it off: "
        f"`aws iam delete-user-permissions-boundary --user-name {state.user.iam_user}`",
        _BOUNDARIES,
        {"boundary": arn},
    )


def _no_policy(state: SmtpUserState, severity: Severity) -> Finding:
    domain = state.user.domain
    others = "" if severity is Severity.ERROR else f"; others let it send: {', '.join(map(str, state.given))}"
    return Finding(
        "iam.no_policy",
        severity,
        state.subject,
        f"the policy {USER_POLICY}, which lets it send, is gone{others}",
        f"`provisioner new-domain {domain}` puts it back",
        POLICIES,
        {} if severity is Severity.ERROR else {"policies": [str(one) for one in state.given]},
        command=("new-domain", domain.ascii),
    )


def _too_narrow(state: SmtpUserState, scope: Scope, decision: Decision) -> Finding:
    domain = state.user.domain
    return Finding(
        "iam.too_narrow",
        Severity.ERROR,
        state.subject,
        f"the policy {USER_POLICY} does not allow ses:SendRawEmail as SMTP asks for it: "
        f"{_why(scope, state.policies, decision)}",
        f"`provisioner new-domain {domain}` mends it",
        POLICIES,
        {"resource": decision.resource},
        ("new-domain", domain.ascii),
    )


def _why(scope: Scope, policies: Sequence[Policy], decision: Decision) -> str:
    """Say what a policy asks for that mail by SMTP is not."""
    if evaluate(policies, own_mail(scope, action=API)).allowed:
        return f"it allows {API}, which SMTP does not use"
    if evaluate(policies, own_mail(scope, version="1")).allowed:
        return "it wants 1 as ses:ApiVersion, which is 2 for SMTP"
    own = own_mail(scope)
    unknown = evaluate(policies, IamRequest(own.action, own.resources, {}, ("*",))).unknown
    if unknown is not None and unknown.key:
        return f"a condition on {unknown.key} is not met by mail from {scope.own_address}"
    return f"it does not cover {decision.resource}, which SES asks for"


def _undecided(state: SmtpUserState, decision: Decision) -> Finding:
    unknown = decision.unknown
    if unknown is not None and unknown.key is not None:
        message = f"{decision.policy} decides by {unknown.key} whether it may send, which differs from mail to mail"
        return Finding("iam.conditional", Severity.INFO, state.subject, message, "", _LOGIC, {"key": unknown.key})
    why = unknown.why if unknown else ""
    message = f"nobody can say whether it may send: {decision.policy}: {why}"
    return Finding(NOT_RUN, Severity.WARNING, state.subject, message, "look at it in IAM's policy simulator", _LOGIC)
