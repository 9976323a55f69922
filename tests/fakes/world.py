"""The whole world in memory, told with verbs."""

from __future__ import annotations

from fakes.account import FakeMetrics, FakeSending, FakeSuppressionList
from fakes.audit import FakeArchive
from fakes.aws import FakeAws, FakeRegistrar
from fakes.batch import FakeInventory, FakeRuns
from fakes.clock import FakeClock, FakeProgress, FakeTime
from fakes.dns import FakeAuthority, FakeQuestions, FakeResolver
from fakes.looks import FakeLooks
from fakes.mail import FakeMailer, FakeReports
from fakes.sending import FakeSendingSettings
from fakes.stores import FakeStore
from fakes.terraform import FakeTemplates, FakeTerraform
from fakes.workspaces import FakeWorkspaces
from provisioner.adapters.disk.archive import DirectoryArchive
from provisioner.ports.account import AccountEdges
from provisioner.ports.audit import AuditEdges
from provisioner.ports.batch import BatchEdges
from provisioner.ports.doctor import DoctorEdges
from provisioner.ports.edges import Edges


class World:
    """All fakes together; `edges` is what a use case gets."""

    def __init__(self) -> None:
        self.aws = FakeAws()
        self.resolver = FakeResolver()
        self.authority = FakeAuthority(self.resolver)
        self.reports = FakeReports()
        self.terraform = FakeTerraform(self.aws)
        self.templates = FakeTemplates()
        self.workspaces = FakeWorkspaces(self.terraform, self.templates)
        self.store = FakeStore()
        self.clock = FakeClock()
        self.progress = FakeProgress()
        self.mailer = FakeMailer()
        self.registrar = FakeRegistrar()
        self.runs = FakeRuns()
        self.inventory = FakeInventory()
        self.metrics = FakeMetrics()
        self.sending = FakeSending()
        self.suppression = FakeSuppressionList()
        self.settings = FakeSendingSettings(self.aws)
        self.looks = FakeLooks()
        self.archive = FakeArchive()
        self.archive.is_there = False
        self.copies: DirectoryArchive | None = None  # files of this machine; a test says where
        self.time = FakeTime()
        self.questions = FakeQuestions(self.resolver, self.authority)

    @property
    def batch(self) -> BatchEdges:
        return BatchEdges(self.edges, self.inventory, self.runs)

    @property
    def of_account(self) -> AccountEdges:
        return AccountEdges(self.edges, self.inventory, self.metrics, self.sending, self.suppression)

    @property
    def of_audit(self) -> AuditEdges:
        return AuditEdges(
            queue=NotImplemented,
            archive=lambda region, place: self.archive,
            copies=lambda archive: self.copies,
            files=NotImplemented,
            engine=NotImplemented,
            clock=self.clock,
            progress=self.progress,
        )

    @property
    def of_doctor(self) -> DoctorEdges:
        return DoctorEdges(
            edges=self.edges,
            questions=self.questions,
            metrics=self.metrics,
            sending=self.settings,
            topics=self.settings,
            looks=self.looks,
            time=self.time,
            account_users=self.aws,
        )

    @property
    def edges(self) -> Edges:
        return Edges(
            access=self.aws,
            account=self.aws,
            authority=self.authority,
            clock=self.clock,
            iam=self.aws,
            identities=self.aws,
            mailer=self.mailer,
            progress=self.progress,
            registrar=self.registrar,
            reports=self.reports,
            resolver=self.resolver,
            store=self.store,
            templates=self.templates,
            terraform=self.terraform,
            users=self.aws,
            workspaces=self.workspaces,
            zones=self.aws,
        )
