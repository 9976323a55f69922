"""The world of the commands that diagnose."""

from __future__ import annotations

from provisioner.adapters.assets import find_assets
from provisioner.adapters.aws.account_users import AwsAccountUsers
from provisioner.adapters.aws.cloudwatch import CloudWatchMetrics
from provisioner.adapters.aws.sending_settings import SesSendingSettings
from provisioner.adapters.aws.topics import SnsTopics
from provisioner.adapters.disk.doctor_reports import DoctorReports
from provisioner.adapters.disk.looks import DoctorLooks
from provisioner.adapters.dns.questions import DnsQuestions
from provisioner.adapters.dns.resolver import DnsResolver
from provisioner.ports.doctor import DoctorEdges
from provisioner.ports.progress import Progress
from provisioner.wiring.edges import edges_of
from provisioner.wiring.settings import Settings
from provisioner.wiring.terraform import idle_terraform


def report_files() -> DoctorReports:
    """Return the writer of the doctor's reports."""
    return DoctorReports(find_assets().templates)


def doctor_edges(settings: Settings, progress: Progress) -> DoctorEdges:
    """Return the real world as the settings describe it; nothing outside is asked yet."""
    session, server = settings.aws(), settings.value("PROVISIONER_DNS_SERVER")
    return DoctorEdges(
        edges=edges_of(settings, progress, session, idle_terraform(settings)),
        questions=DnsQuestions(DnsResolver(server), server),
        metrics=CloudWatchMetrics(session),
        sending=SesSendingSettings(session),
        topics=SnsTopics(session),
        looks=DoctorLooks(settings.home),
        time=session,
        account_users=AwsAccountUsers(session),
    )
