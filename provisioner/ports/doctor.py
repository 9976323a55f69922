"""`DoctorEdges`: the world of the commands that diagnose."""

from dataclasses import dataclass

from provisioner.ports.account import Metrics
from provisioner.ports.credentials import AccountUsers
from provisioner.ports.edges import Edges
from provisioner.ports.facts import AwsTime, Looks, Questions, SendingSettings, Topics


@dataclass(frozen=True, slots=True)
class DoctorEdges:
    """The edges of a domain, and what only the doctor asks."""

    edges: Edges
    questions: Questions
    metrics: Metrics
    sending: SendingSettings
    topics: Topics
    looks: Looks
    time: AwsTime
    account_users: AccountUsers
