import pytest
from fakes.world import World

from provisioner.core.values.domain import DomainName
from provisioner.errors import ProvisionerError
from provisioner.usecases.dmarc.show import show

EXAMPLE = DomainName.parse("example.com")
BLOG = DomainName.parse("blog.example.com")


def test_the_record_is_shown_with_the_place_where_it_was_found(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=reject; sp=none; rua=mailto:a@example.com")
    document = show(world.edges, BLOG).to_document()
    assert document["found_at"] == "_dmarc.example.com"
    assert document["inherited"] is True
    assert document["policy"] == "none"
    assert document["tags"]["p"] == "reject"
    assert [step["name"] for step in document["walk"]] == [
        "_dmarc.blog.example.com",
        "_dmarc.example.com",
        "_dmarc.com",
    ]


def test_no_record_is_an_answer(world: World) -> None:
    document = show(world.edges, EXAMPLE).to_document()
    assert (document["found_at"], document["policy"], document["record"]) == (None, None, None)


def test_a_silent_dns_is_no_answer(world: World) -> None:
    world.resolver.times_out("_dmarc.example.com", "TXT")
    with pytest.raises(ProvisionerError, match="does not answer: timed out") as caught:
        show(world.edges, EXAMPLE)
    assert caught.value.code == "dns_unreachable"


def test_several_records_are_shown_as_the_fault_that_they_are(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none", "v=DMARC1; p=reject")
    document = show(world.edges, EXAMPLE).to_document()
    assert document["record"] is None
    assert [finding["id"] for finding in document["findings"]] == ["dmarc.several_records"]


@pytest.mark.parametrize(
    ("answer", "missing"), [("v=DMARC1", False), ("v=DMARC1;", False), ("hello", True), (None, True), ("", True)]
)
def test_a_destination_elsewhere_must_have_consented(world: World, answer: str | None, missing: bool) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none; rua=mailto:a@example.net")
    if answer is not None:
        world.resolver.answers("example.com._report._dmarc.example.net", "TXT", answer)
    codes = [finding.id for finding in show(world.edges, EXAMPLE).findings]
    assert ("dmarc.report_unauthorised" in codes) == missing


def test_a_consent_that_nobody_can_say_is_told_as_that(world: World) -> None:
    world.resolver.answers("_dmarc.example.com", "TXT", "v=DMARC1; p=none; rua=mailto:a@example.net")
    world.resolver.times_out("example.com._report._dmarc.example.net", "TXT")
    assert "DNS does not say" in show(world.edges, EXAMPLE).findings[0].message
