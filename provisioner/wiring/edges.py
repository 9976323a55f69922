"""The real edges of a run."""

from __future__ import annotations

from provisioner.adapters.assets import find_assets
from provisioner.adapters.aws.account import AwsAccount
from provisioner.adapters.aws.iam import IamSmtpUsers
from provisioner.adapters.aws.iam_facts import AwsIamFacts
from provisioner.adapters.aws.registrar import Route53Registrar
from provisioner.adapters.aws.route53 import Route53Zones
from provisioner.adapters.aws.ses import SesIdentities
from provisioner.adapters.aws.session import AwsSession
from provisioner.adapters.aws.user_access import IamUserAccess
from provisioner.adapters.clock import SystemClock
from provisioner.adapters.disk.workspaces import DirectoryWorkspaces
from provisioner.adapters.dmarc_reports.files import DmarcReportFiles
from provisioner.adapters.dns.authoritative import AuthoritativeServers
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.adapters.smtp.mailer import SmtpMailer
from provisioner.adapters.templates import RootTemplates
from provisioner.ports.edges import Edges
from provisioner.ports.progress import Progress
from provisioner.ports.terraform import Terraform
from provisioner.ports.workspaces import Workspaces
from provisioner.usecases.states.locks import HeldWorkspaces
from provisioner.wiring.locks import state_holder
from provisioner.wiring.settings import Settings, backend_of
from provisioner.wiring.stores import chosen_kind, open_store
from provisioner.wiring.terraform import idle_terraform


def build(settings: Settings, progress: Progress) -> Edges:
    """Return the real world as the settings describe it, without Terraform's work; nothing outside is asked yet."""
    return edges_of(settings, progress, settings.aws(), idle_terraform(settings))


def edges_of(settings: Settings, progress: Progress, session: AwsSession, terraform: Terraform) -> Edges:
    """Return the real world on this AWS session and with this Terraform; nothing outside is asked yet."""
    account = AwsAccount(session)
    assets = find_assets()
    dns_server = settings.value("PROVISIONER_DNS_SERVER")
    resolver = DnsResolver(dns_server)
    return Edges(
        access=IamUserAccess(session),
        account=account,
        authority=AuthoritativeServers(resolver, dns_server),
        clock=SystemClock(),
        iam=AwsIamFacts(session),
        identities=SesIdentities(session, account),
        mailer=SmtpMailer(settings.value("PROVISIONER_SMTP_SERVER"), settings.value("PROVISIONER_SMTPS_SERVER")),
        progress=progress,
        registrar=Route53Registrar(session),
        reports=DmarcReportFiles(),
        resolver=resolver,
        store=open_store(settings, chosen_kind(settings), session),
        templates=RootTemplates(assets.templates, assets.modules, backend_of(settings)),
        terraform=terraform,
        users=IamSmtpUsers(session),
        workspaces=_workspaces(settings, progress, session),
        zones=Route53Zones(session),
    )


def _workspaces(settings: Settings, progress: Progress, session: AwsSession) -> Workspaces:
    workspaces = DirectoryWorkspaces(settings.home, progress.note)
    holder = state_holder(settings, progress, session)
    return HeldWorkspaces(workspaces, holder.hold) if holder else workspaces
