"""Manifests as people write them first: tables of a spreadsheet, lists, names on lines; each with all of its faults."""

from pathlib import Path

import pytest
from manifests import documents, faults

from provisioner.adapters.manifest.file import parse_manifest, read_manifest
from provisioner.core.batch.manifest import InvalidManifest, Manifest
from provisioner.errors import InputError


def test_every_fault_of_a_table_is_told_at_once() -> None:
    text = "Domain;Dmarc;Tags;colour;Zone\na.com;no;aws:x=1;red;nowhere\n;none;;;\nb.com;none;;;;extra\nb.com;;;;\n"
    told = "\n".join(faults(text, "csv"))
    for expected in (
        "line 1, colour: the column is unknown",
        "line 2, domains[0].dmarc: 'no' is not a value of dmarc",
        "line 2, domains[0].zone: 'nowhere' is not a value of zone",
        "line 2, domains[0].tags.aws:x: the tag 'aws:x' begins with aws:",
        "line 3, domains[1].domain: the field is missing",
        "line 4: it has 6 cells where the header has 5",
        "line 5, domains[3]: b.com is there twice, first on line 4",
    ):
        assert expected in told
    assert len(faults(text, "csv")) == 7


def test_the_fields_of_yaml_that_are_there_twice_do_not_hide_other_faults() -> None:
    told = faults("domains:\n - {domain: a.com, zone: x, zone: y, dmarc: no}")
    fields = [fault.partition(":")[0].partition(", ")[2] for fault in told]
    assert fields == ["zone", "domains[0].zone", "domains[0].dmarc"]


def test_a_missing_column_is_told_once() -> None:
    assert len(faults("customer\nAda\nBob", "csv")) == 1


def test_the_header_of_a_spreadsheet_is_taken_in_any_case_and_with_blanks() -> None:
    text = "\ufeffDomain ;  Customer;Mail From;DMARC-rua\na.com;Ada;mail;d@a.com\n".removeprefix("\ufeff")
    wanted = {"domain": "a.com", "customer": "Ada", "mail_from": "mail", "dmarc_rua": "d@a.com"}
    assert documents(text, "csv") == [wanted]


@pytest.mark.parametrize("name", ["names.txt", "names", "names.csv", "names.yaml"])
def test_a_text_with_a_domain_on_each_line_is_a_manifest(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# ours\na.com\n\n  MÜNCHEN.de   # theirs\nb.org\n")
    read = read_manifest(str(tmp_path / name))
    assert [entry.domain.ascii for entry in read.entries] == ["a.com", "xn--mnchen-3ya.de", "b.org"]


def test_faults_of_such_a_text_are_told_by_its_lines(tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("a.com\n\nb..com\nA.com.\n")
    with pytest.raises(InputError, match=r"(?s)2 faults.*line 3, domains\[1\].*line 4, .*there twice, first on line 1"):
        read_manifest(str(tmp_path / "names.txt"))


@pytest.mark.parametrize(("text", "kind"), [("- a.com\n- {domain: b.com}", "yaml"), ('["a.com", "b.com"]', "json")])
def test_a_list_of_domains_is_a_manifest(text: str, kind: str) -> None:
    assert documents(text, kind) == [{"domain": "a.com"}, {"domain": "b.com"}]


def test_a_field_that_is_null_takes_back_what_was_given_before() -> None:
    text = """
defaults: {customer: Ada, dmarc_rua: d@a.com, mail_from: ~}
domains:
  - {domain: a.com, customer: ~, tags: ~, senders: ~, region: ~, delegation_set: ~}
  - {domain: b.com, mail_from: mail, dmarc_rua: null}
  - c.com
"""
    assert documents(text) == [
        {"domain": "a.com", "dmarc_rua": "d@a.com", "customer": None, "mail_from": None, "tags": None},
        {"domain": "b.com", "customer": "Ada", "mail_from": "mail", "dmarc_rua": None},
        {"domain": "c.com", "customer": "Ada", "dmarc_rua": "d@a.com", "mail_from": None},
    ]


def test_in_a_table_an_empty_cell_keeps_and_null_takes_back() -> None:
    table = "domain,customer,contact,tags\na.com,null,,~\nb.com,,null,T=x"
    assert documents(table, "csv") == [
        {"domain": "a.com", "customer": None, "tags": None},
        {"domain": "b.com", "contact": None, "tags": {"T": "x"}},
    ]


def test_what_is_taken_back_is_kept_with_the_run_and_counts_in_its_digest() -> None:
    (entry,) = parse_manifest("domains: [{domain: a.com, customer: ~}]", "m", "yaml").entries
    (bare,) = parse_manifest("domains: [a.com]", "m", "yaml").entries
    assert Manifest.from_document(Manifest((entry,)).to_document()) == Manifest((entry,))
    assert entry.digest != bare.digest


def test_faults_are_told_one_by_one_in_json() -> None:
    with pytest.raises(InvalidManifest) as caught:
        parse_manifest("domains:\n - {domain: a.com, zon: x}\n - {domain: b.com, dmarc: no}", "m.yaml", "yaml")
    first, second = caught.value.to_document()["faults"]
    assert first == {
        "line": 2,
        "field": "domains[0].zon",
        "message": "the field is unknown",
        "hint": "did you mean zone?",
    }
    assert (second["line"], second["field"]) == (3, "domains[1].dmarc")
