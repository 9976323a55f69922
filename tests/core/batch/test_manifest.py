import pytest

from provisioner.core.asked.command_line import Asked
from provisioner.core.asked.request import DmarcPolicy
from provisioner.core.asked.senders import Senders
from provisioner.core.asked.tags import Tags
from provisioner.core.batch.manifest import OPTIONS, Entry, Fault, Manifest, refuse
from provisioner.core.batch.shards import Shard
from provisioner.core.values.domain import DomainName
from provisioner.errors import InputError, ProvisionerError

FULL: dict[str, object] = {
    "domain": "example.com",
    "customer": "Ada",
    "contact": "ada@example.org",
    "region": "eu-west-1",
    "zone": "create",
    "mail_from": "bounce",
    "dmarc": "reject",
    "dmarc_rua": "dmarc@example.com",
    "spf": "skip",
    "tls": "require",
    "delegation_set": "N1PA6795SAMPLE",
    "permissions_boundary": "arn:aws:iam::123456789012:policy/boundary",
    "ignore_tags": "CreatedBy,Cost*",
    "tags": {"Empty": "", "Team": "web"},
    "senders": {"scanner": "scan", "shop": "Orders"},
}


def manifest(*names: str) -> Manifest:
    return Manifest(tuple(Entry(DomainName.parse(name), Asked()) for name in names))


def test_a_manifest_can_be_read_back_with_every_field() -> None:
    assert set(FULL) == {"domain", *OPTIONS}
    assert Manifest.from_document({"domains": [FULL]}).to_document() == {"domains": [FULL]}


def test_the_digest_of_a_manifest_does_not_depend_on_its_order() -> None:
    assert manifest("a.com", "b.com").digest == manifest("b.com", "a.com").digest
    assert manifest("a.com", "b.com").digest != manifest("a.com", "c.com").digest


def test_the_digest_of_an_entry_changes_with_what_is_asked() -> None:
    domain = DomainName.parse("example.com")
    assert Entry(domain, Asked()).digest != Entry(domain, Asked(dmarc=DmarcPolicy.REJECT)).digest


def test_the_digest_of_an_entry_changes_with_a_tag_and_not_with_their_order() -> None:
    asked = [None, Tags(), Tags.parse([("a", "1"), ("b", "2")]), Tags.parse([("b", "2"), ("a", "1")]),
             Tags.parse([("a", "1"), ("b", "3")])]  # fmt: skip
    none, empty, one, same, other = (Entry(DomainName.parse("a.com"), Asked(tags=tags)).digest for tags in asked)
    assert one == same
    assert len({none, empty, one, other}) == 4


def test_the_digest_of_an_entry_changes_with_a_sender_and_not_with_their_order() -> None:
    asked = [None, Senders(), Senders.parse([("a", "x"), ("b", "y")]), Senders.parse([("b", "y"), ("a", "x")]),
             Senders.parse([("a", "x"), ("b", "Y")])]  # fmt: skip
    none, empty, one, same, other = (Entry(DomainName.parse("a.com"), Asked(senders=s)).digest for s in asked)
    assert one == same
    assert len({none, empty, one, other}) == 4


def test_the_parts_of_all_shards_are_the_manifest() -> None:
    whole = manifest(*(f"d{number}.com" for number in range(50)))
    parts = [entry for index in range(3) for entry in whole.entries_of(Shard(index, 3))]
    assert sorted(parts, key=lambda entry: entry.domain) == sorted(whole.entries, key=lambda entry: entry.domain)
    assert whole.entries_of(None) == whole.entries


@pytest.mark.parametrize("document", [None, {}, {"domains": [1]}, {"domains": [{"domain": "A b"}]},
                                      {"domains": [{"domain": "a.com", "tags": {"Domain": "x"}}]},
                                      {"domains": [{"domain": "a.com", "senders": {"shop": "*"}}]}])  # fmt: skip
def test_a_kept_manifest_that_was_damaged_is_named_as_that(document: object) -> None:
    with pytest.raises(ProvisionerError) as caught:
        Manifest.from_document(document)
    assert caught.value.code == "corrupt_input"


def test_faults_are_told_by_line_and_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        refuse("x.yaml", [Fault(7, "b", "is wrong", "fix it"), Fault(2, "a", "is missing")])
    assert caught.value.message.splitlines() == [
        "x.yaml: 2 faults in the manifest, nothing was touched",
        "line 2, a: is missing",
        "line 7, b: is wrong (fix it)",
    ]


def test_thousands_of_faults_do_not_flood_the_terminal() -> None:
    with pytest.raises(InputError) as caught:
        refuse("x.yaml", [Fault(number, "f", "is wrong") for number in range(1, 5001)])
    assert len(caught.value.message.splitlines()) == 202
    assert caught.value.message.endswith("... and 4800 more")


def test_no_fault_is_no_error() -> None:
    refuse("x.yaml", [])
    assert manifest("a.com").entries
