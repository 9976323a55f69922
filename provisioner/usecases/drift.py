"""Compare domains with what they should be: by a Terraform plan that is never applied, and what it does not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from provisioner.core.checks.identity import identity
from provisioner.core.checks.smtp_users import smtp_user
from provisioner.core.findings import NOT_RUN, Finding
from provisioner.core.mail_domain.standing import ALL_GOOD, DomainStanding
from provisioner.core.terraform.addresses import EVENTS, Import, iam_user, user_policy
from provisioner.core.terraform.differences import Difference, switched_off
from provisioner.core.values.domain import DomainName
from provisioner.core.values.smtp_user import SmtpUser
from provisioner.errors import Interrupted, LoggedOut, ProvisionerError
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.ports.workspaces import Workspace
from provisioner.usecases.credentials.slots import note
from provisioner.usecases.credentials.user_state import user_of
from provisioner.usecases.home import recall
from provisioner.usecases.mail_domain import shared_txt
from provisioner.usecases.mail_domain.existing import existing
from provisioner.usecases.mail_domain.signing import refuse_other_signing
from provisioner.usecases.mail_domain.survey import Survey, survey
from provisioner.usecases.parallel.stopping import Stop, Urgency
from provisioner.usecases.parallel.workers import Workers, domain_defect
from provisioner.usecases.telling import ProgressTeller


@dataclass(frozen=True, slots=True)
class DomainDrift:
    """What differs at one domain; `on_purpose` differs too, but is meant to. `error` says why nothing is known.

    `findings` are about what Terraform does not see: what decides who may send, and whether mail goes out. `standing`
    is how the domain and its senders stand, which is no drift.
    """

    domain: DomainName
    differences: tuple[Difference, ...] = ()
    on_purpose: tuple[Difference, ...] = ()
    error: ProvisionerError | None = None
    findings: tuple[Finding, ...] = ()
    standing: DomainStanding = ALL_GOOD

    @property
    def drifted(self) -> bool:
        """Whether something is not as it should be; what nobody could look at says nothing."""
        return bool(self.differences) or any(finding.id != NOT_RUN for finding in self.findings)

    def to_document(self) -> dict[str, object]:
        """Return one entry of `drift --json`; `drift` is null when nothing is known."""
        error = self.error
        return {
            "domain": self.domain.ascii,
            "drift": None if error else self.drifted,
            "differences": [difference.to_document() for difference in self.differences],
            "on_purpose": [difference.to_document() for difference in self.on_purpose],
            "sending": None if error else self.standing.domain.to_document(),
            "paused_senders": list(self.standing.paused_senders),
            "findings": [finding.to_document() for finding in self.findings],
            "error": error.to_document() if error else None,
        }


def drift(edges: Edges, domains: Sequence[DomainName], workers: Workers) -> list[DomainDrift]:
    """Check the domains, or every domain of the home when none is named; one that fails does not stop the others.

    Raises `InputError` for a domain that this home does not know, `Interrupted` when the workers were told to stop.
    """
    for domain in domains:
        if edges.workspaces.peek(domain) is None:
            recall(edges, domain)
    names = domains or [workspace.domain for workspace in edges.workspaces.all()]
    stoppable = replace(edges, progress=_StoppableProgress(edges.progress, workers.stop))
    drifts: dict[DomainName, DomainDrift] = {}
    ends: list[LoggedOut] = []

    def check(_worker: int, name: DomainName) -> None:
        try:
            drifts[name] = DomainDrift(name, error=ends[0]) if ends else _check(stoppable, name)
            if isinstance(end := drifts[name].error, LoggedOut):
                ends.append(end)
        except Interrupted:
            workers.stop.request(Urgency.INTERRUPT)

    workers.run(names, check)
    if workers.stop.level:
        raise _interrupted()
    return [drifts[name] for name in names]


class _StoppableProgress:
    """A `ports.Progress` that ends the work of its thread when somebody says stop."""

    def __init__(self, progress: Progress, stop: Stop) -> None:
        self._stop = stop
        self._progress = progress
        self.detail, self.note, self.warn = progress.detail, progress.note, progress.warn

    def step(self, text: str) -> None:
        """Pass it on, unless it is time to stop."""
        self.tick()
        self._progress.step(text)

    def tick(self) -> None:
        """Stop if it is time to."""
        if self._stop.level:
            raise _interrupted()


def _check(edges: Edges, domain: DomainName) -> DomainDrift:
    try:
        differences, seen = _differences(edges, domain)
        findings = tuple(_findings(edges, seen, differences))
    except Interrupted:
        raise
    except ProvisionerError as error:
        return DomainDrift(domain, error=error)
    except Exception as error:  # noqa: BLE001 - one domain's defect must not end the others
        return DomainDrift(domain, error=domain_defect(domain.ascii, error))
    on_purpose = tuple(difference for difference in differences if difference.on_purpose)
    on_purpose += () if seen.standing.domain.may_send else (switched_off(domain),)
    return DomainDrift(
        domain,
        tuple(d for d in differences if not d.on_purpose),
        tuple(dict.fromkeys(on_purpose)),
        findings=findings,
        standing=seen.standing,
    )


def _findings(edges: Edges, seen: Survey, differences: Sequence[Difference]) -> Iterator[Finding]:
    """Look at what Terraform does not see; of what is missing as a whole nothing more is to be said."""
    spec, missing = seen.spec, {one.address for one in differences if one.missing}
    if seen.identity is not None:
        yield from identity(spec.domain, seen.identity)
    for user in spec.smtp_users:
        if iam_user(user) not in missing:
            state = user_of(edges, spec, user)
            if state.rotation is not None:
                note(edges, state.rotation)
            account = edges.identities.ses_account(spec.region)
            findings = smtp_user(state, edges.clock.now(), in_sandbox=account.production is False)
            yield from (one for one in findings if not _is_told(one, user, differences))


def _is_told(finding: Finding, user: SmtpUser, differences: Sequence[Difference]) -> bool:
    """Say whether a finding is about a policy or a boundary that Terraform sees to differ already."""
    places = {(one.address, one.attribute) for one in differences}
    if finding.id == "iam.boundary":
        return (iam_user(user), "permissions_boundary") in places
    is_ours = finding.id.startswith("iam.") and finding.command == ("new-domain", user.domain.ascii)
    return is_ours and user_policy(user) in {address for address, _ in places}


def _differences(edges: Edges, domain: DomainName) -> tuple[Sequence[Difference], Survey]:
    with edges.workspaces.open(domain) as workspace:
        known = recall(edges, domain)
        seen = survey(edges, domain, known.request, known.decisions, known.account)
        workspace.note_standing(seen.standing)
        refuse_other_signing(seen)
        edges.progress.step(f"{domain}: comparing")
        differences = _compare(edges, workspace, seen, ())
        # What a lost or partial state does not know is not missing.
        created = {difference.address for difference in differences if difference.missing}
        imports = existing(edges, seen, created, take_over=False)
        found = _compare(edges, workspace, seen, imports) if imports else differences
        return _of_this_home(seen, shared_txt.differences(seen, found)), seen


def _of_this_home(seen: Survey, found: Sequence[Difference]) -> Sequence[Difference]:
    """Leave out an event destination that this home knows nothing of: another home may have deployed the pipeline."""
    if seen.spec.feedback_topic or seen.leaves_feedback:
        return found
    return [one for one in found if one.address != EVENTS]


def _compare(edges: Edges, workspace: Workspace, seen: Survey, imports: Sequence[Import]) -> Sequence[Difference]:
    workspace.write_root(edges.templates.root(seen.spec, imports))
    return edges.terraform.drift(workspace.path, ProgressTeller(edges.progress))


def _interrupted() -> Interrupted:
    return Interrupted("interrupted", "interrupted while comparing", "nothing was changed")
