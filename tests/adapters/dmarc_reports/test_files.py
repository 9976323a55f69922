"""Reports as receivers send them; parsedmarc reads them."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from provisioner.adapters.dmarc_reports.files import DmarcReportFiles
from provisioner.core.dmarc.evidence import AggregateReport, ReportedRow, UnreadableReport
from provisioner.errors import InputError

ROW = """
<record><row><source_ip>{source}</source_ip><count>{count}</count><policy_evaluated><disposition>none</disposition>
<dkim>{dkim}</dkim><spf>fail</spf>{reason}</policy_evaluated></row>
<identifiers><header_from>Example.COM</header_from></identifiers>
<auth_results><spf><domain>bounce.example.com</domain><result>fail</result></spf></auth_results></record>"""
PASSING = ROW.format(source="54.240.8.1", count=3, dkim="pass", reason="")
FAILING = ROW.format(source="192.0.2.7", count=2, dkim="fail", reason="<reason><type>mailing_list</type></reason>")


def report(*rows: str, ident: str = "4711", namespace: str = "") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<feedback{namespace}><report_metadata><org_name>Receiver Inc</org_name><email>d@receiver.example</email>
<report_id>{ident}</report_id><date_range><begin>1763510400</begin><end>1763769599</end></date_range></report_metadata>
<policy_published><domain>Example.com</domain><p>none</p></policy_published>{"".join(rows)}</feedback>""".encode()


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def read(*paths: Path) -> list[AggregateReport | UnreadableReport]:
    return list(DmarcReportFiles().read(paths))


def written(directory: Path, name: str, content: bytes) -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("namespace", ["", ' xmlns="urn:ietf:params:xml:ns:dmarc-2.0"'])
def test_a_report_becomes_rows(tmp_path: Path, namespace: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    (found,) = read(written(tmp_path, "r.xml", report(PASSING, FAILING, namespace=namespace)))
    assert found == AggregateReport(
        sender="Receiver Inc",
        id="4711",
        policy_domain="example.com",
        begin=datetime(2025, 11, 19, tzinfo=UTC),
        end=datetime(2025, 11, 21, 23, 59, 59, tzinfo=UTC),
        rows=(
            ReportedRow("54.240.8.1", "Amazon", "example.com", 3, is_aligned=True),
            ReportedRow("192.0.2.7", None, "example.com", 2, is_aligned=False, reasons=("mailing_list",)),
        ),
    )


def test_directories_are_searched_for_xml_gzip_and_zip(tmp_path: Path) -> None:
    written(tmp_path, "a.xml", report(PASSING, ident="a"))
    written(tmp_path, "2026/b.xml.gz", gzip.compress(report(PASSING, ident="b")))
    written(tmp_path, "c.ZIP", zipped(**{"c.xml": report(PASSING, ident="c")}))
    written(tmp_path, "notes.txt", b"not a report")
    assert sorted(found.id for found in read(tmp_path) if isinstance(found, AggregateReport)) == ["a", "b", "c"]


def test_an_archive_of_many_reports_loses_none(tmp_path: Path) -> None:
    packed = zipped(
        **{
            "a.xml": report(PASSING, ident="a"),
            "in/b.xml.gz": gzip.compress(report(PASSING, ident="b")),
            "in/c.zip": zipped(**{"c.xml": report(PASSING, ident="c")}),
            "__MACOSX/._a.xml": b"\x00",
            "readme.txt": b"x",
        }
    )
    assert [found.id for found in read(written(tmp_path, "all.zip", packed)) if isinstance(found, AggregateReport)] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<feedback></feedback>",
        b"PK\x03\x04 broken",
        gzip.compress(b"<a/>", mtime=0),
        report(),
        report(PASSING, FAILING.replace("<count>2", "<count>two")),
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + report(PASSING)[38:],
        report(PASSING).replace(b"1763510400", b"yesterday"),
        report(PASSING).replace(b"1763510400", b"1763969600"),
        report(PASSING, FAILING.replace("<count>2", "<count>-5")),
        gzip.compress(report(PASSING))[:-20],
        gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(report(PASSING))))))),
        zipped(**{"readme.txt": b"the report follows"}),
        b"From: d@receiver.example\nSubject: Report Domain: example.com\n\nThe report is too large to send.\n",
    ],
)
def test_what_is_no_report_is_named_and_does_not_stop_the_others(tmp_path: Path, content: bytes) -> None:
    bad = written(tmp_path, "bad.xml", content)
    good = written(tmp_path, "good.xml", report(PASSING))
    first, second = read(bad, good)
    assert isinstance(first, UnreadableReport)
    assert str(bad) in first.path
    assert first.reason
    assert isinstance(second, AggregateReport)


def test_a_file_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioner.adapters.dmarc_reports.packing.LARGEST_REPORT", 1000)
    (found,) = read(written(tmp_path, "bomb.zip", zipped(**{"a.xml": report(PASSING) + b" " * 1000})))
    assert isinstance(found, UnreadableReport)
    assert "unpacked" in found.reason


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + report(PASSING),
        b"\n\r\n  " + report(PASSING),
        report(PASSING).decode().encode("utf-16"),
        report(PASSING).decode().replace("UTF-8", "UTF-16").encode("utf-16-be"),
        report(PASSING).decode().encode("utf-16-le"),
        report(PASSING).decode().replace("UTF-8", "ISO-8859-1").replace("Inc", "Söhne").encode("latin-1"),
        report(PASSING).replace(b"Inc", b"S\xf6hne"),
        b"Content-Length: 4711\n" + report(PASSING),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: zipped(**{"r.xml": content})])
def test_what_stands_before_the_xml_and_how_it_is_encoded_does_not_matter(
    tmp_path: Path, content: bytes, pack: Callable[[bytes], bytes]
) -> None:
    (found,) = read(written(tmp_path, "r.xml", pack(content)))
    assert isinstance(found, AggregateReport)
    assert (found.sender.split()[0], found.rows[0].count) == ("Receiver", 3)


def mail(*attachments: tuple[str, str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"] = "d@receiver.example"
    message["Subject"] = "Report Domain: example.com Submitter: receiver.example"
    message.set_content("A report is attached.")
    for name, kind, content in attachments:
        message.add_attachment(content, maintype="application", subtype=kind, filename=name)
    return message.as_bytes()


@pytest.mark.parametrize("name", ["report.eml", "report.xml", "report.EML"])
def test_a_mail_is_read_for_what_is_attached_to_it(tmp_path: Path, name: str) -> None:
    content = mail(
        ("a.xml.gz", "gzip", gzip.compress(report(PASSING, ident="a"))),
        ("b", "octet-stream", zipped(**{"b.xml": report(PASSING, ident="b")})),
        ("c.xml", "octet-stream", report(PASSING, ident="c")),
        ("logo.png", "octet-stream", b"\x89PNG"),
    )
    found = read(written(tmp_path, name, content))
    assert [report.id for report in found if isinstance(report, AggregateReport)] == ["a", "b", "c"]
    assert len(found) == 3


def test_a_mail_that_is_nothing_but_the_report_is_read(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "Report Domain: example.com"
    message["From"] = "d@receiver.example"
    message.set_content(gzip.compress(report(PASSING)), maintype="application", subtype="gzip", filename="r.xml.gz")
    written(tmp_path, "r.eml", message.as_bytes())
    (found,) = read(tmp_path)
    assert isinstance(found, AggregateReport)


def test_a_damaged_part_of_an_archive_does_not_stop_the_others(tmp_path: Path) -> None:
    parts = {"a.xml": b"nothing", "b.xml": report(PASSING), "c.gz": gzip.compress(report(PASSING))[:-9], "d.zip": b"PK"}
    found = read(written(tmp_path, "all.zip", zipped(**parts)))
    names = [one.path.rpartition(":")[2] for one in found if isinstance(one, UnreadableReport)]
    assert (len(found), names) == (4, ["a.xml", "c.gz", "d.zip"])


def test_files_that_macos_puts_beside_others_are_no_reports(tmp_path: Path) -> None:
    written(tmp_path, "__MACOSX/a.xml", b"x")
    written(tmp_path, "._a.xml", b"x")
    written(tmp_path, "a.xml", report(PASSING))
    assert len(read(tmp_path)) == 1


def test_a_path_that_does_not_exist_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "nowhere")
