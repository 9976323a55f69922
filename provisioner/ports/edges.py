"""`Edges`: everything outside, in one bundle that each use case is handed."""

from dataclasses import dataclass

from provisioner.ports.aws import Account, Identities, Registrar, Zones
from provisioner.ports.credentials import CredentialStore, IamFacts, SmtpUsers, UserAccess
from provisioner.ports.dns import Authority, Resolver
from provisioner.ports.mail import Mailer, Reports
from provisioner.ports.progress import Clock, Progress
from provisioner.ports.terraform import Templates, Terraform
from provisioner.ports.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Edges:
    """Everything outside, built once by `wiring` and handed to each use case."""

    access: UserAccess
    account: Account
    authority: Authority
    clock: Clock
    iam: IamFacts
    identities: Identities
    mailer: Mailer
    progress: Progress
    registrar: Registrar
    reports: Reports
    resolver: Resolver
    store: CredentialStore
    templates: Templates
    terraform: Terraform
    users: SmtpUsers
    workspaces: Workspaces
    zones: Zones
