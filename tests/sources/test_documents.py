"""Documents of every kind: what of a page is read, its title and headings, its chunks, and files that say nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from compiler.types import INT, STR
from runtime.sources import ProjectCatalog, Source
from tests.sources.conftest import SPAN, Open, mistakes, record
from tests.sources.pdfs import encrypted, pdf

Write = Callable[[str, str | bytes], Path]

PAGE = """<!doctype html><html><head><meta charset="utf-8"><title> Loops &amp; more
</title><style>p {color: red}</style><script>var x = "<p>no</p>"</script></head>
<body><nav><a href="/">Home</a></nav><header><h1>Loops<a class="headerlink" href="#loops">¶</a></h1></header>
<p>A <b>loop</b> runs&nbsp;again<br>and again.</p><!-- no -->
<h2>Breaks</h2><ul><li>It ends <i>the</i> loop.<ul><li>At once.</li></ul><li>No more.</ul>
<ol><li>One<li>Two</ol>
<pre>for x in xs:
    break
</pre>
<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>
<p hidden>Not seen</p><div aria-hidden="true">nor this</div><p>The end<footer>Imprint</footer></body></html>"""
READ = """Loops

A loop runs again
and again.

Breaks

- It ends the loop.
  - At once.
- No more.

1. One
2. Two

for x in xs:
    break

a | b
1 | 2

The end"""


def rows(source: Source) -> list[dict[str, Any]]:
    return [row for _, row in source.rows()]


def html(write: Write, opened: Open, content: str | bytes) -> dict[str, Any]:
    write("pages/a.html", content)
    (row,) = rows(opened("html", "pages"))
    return row


def test_a_page_is_read_as_a_reader_sees_it(write: Write, opened: Open) -> None:
    assert html(write, opened, PAGE) == {
        "id": "a",
        "path": "specs/inputs/pages/a.html",
        "title": "Loops & more",
        "text": READ,
    }


def test_the_main_part_is_read_where_a_page_marks_one(write: Write, opened: Open) -> None:
    page = "<h1>Site</h1><p>Adverts<main><h2>Why</h2><article>Because.</article></main><p>More adverts"
    assert html(write, opened, page) | {"path": ""} == {
        "id": "a",
        "path": "",
        "title": "Why",
        "text": "Why\n\nBecause.",
    }


@pytest.mark.parametrize(
    "data",
    [
        "<p>Grüße – здравствуйте".encode(),
        "\ufeff<p>Grüße – здравствуйте".encode(),
        "<p>Grüße – здравствуйте".encode("utf-16"),
        '<meta charset="utf-8"><p>Grüße – здравствуйте'.encode(),
    ],
)
def test_a_page_s_encoding_is_found(write: Write, opened: Open, data: bytes) -> None:
    assert html(write, opened, data)["text"] == "Grüße – здравствуйте"


def test_older_encodings_are_read_too(write: Write, opened: Open) -> None:
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>Привет'
    assert html(write, opened, declared.encode("windows-1251"))["text"] == "Привет"
    assert html(write, opened, "<p>café – “yes”".encode("cp1252"))["text"] == "café – “yes”"


def test_a_broken_page_is_read_as_far_as_it_goes(write: Write, opened: Open) -> None:
    broken = html(write, opened, "<p>One<div>Two</p></b><h2>Three</h3><td>Four &lt;5 &unknown;")
    assert broken["text"] == "One\n\nTwo\n\nThree\n\nFour <5 &unknown;"
    deep = "<div>" * 20_000 + "deep"
    assert html(write, opened, deep)["text"] == "deep"


def test_markdown_keeps_its_text_and_has_a_title(write: Write, opened: Open) -> None:
    write("a/front.md", '---\ntitle: "The title"\n---\n# First *heading*\n')
    write("a/heading.md", "Before\n\nA `first`\nheading\n=====\n")
    write("a/none.md", "```\n# no heading\n```\n")
    titles = {row["id"]: row["title"] for row in rows(opened("markdown", "a"))}
    assert titles == {"front": "The title", "heading": "A first heading", "none": "none"}


def test_chunks_of_markdown_begin_at_headings(write: Write, opened: Open) -> None:
    body = "# One\n\n## Deeper\none two three four five six.\n\n```\n# no\n```\n## Last\nend\n"
    write("a.md", f"---\na: b\n---\nBefore all.\n{body}")
    found = rows(opened("markdown", "a.md", chunk=6, overlap=2))
    assert [(row["id"], row["chunk"], row["heading"]) for row in found] == [
        ("a#1", 1, ""),
        ("a#2", 2, "Deeper"),
        ("a#3", 3, "Deeper"),
        ("a#4", 4, "Deeper"),
        ("a#5", 5, "Last"),
    ]
    assert found[0]["text"] == "Before all."
    assert found[1]["text"].startswith("# One\n\n## Deeper\none")
    assert found[4]["text"] == "## Last\nend"
    assert {row["document"] for row in found} == {"a"}


def test_chunks_of_html_carry_their_heading(write: Write, opened: Open) -> None:
    write("a.html", PAGE)
    found = rows(opened("html", "a.html", chunk=100))
    assert [(row["heading"], row["text"].split("\n")[0]) for row in found] == [("Loops", "Loops"), ("Breaks", "Breaks")]


def test_a_chunk_s_id_stays_when_the_text_grows(write: Write, opened: Open) -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(30))
    write("a.txt", text)
    before = rows(opened("text", "a.txt", chunk=20, overlap=3))
    write("a.txt", f"{text} And more. And more of it.")
    after = rows(opened("text", "a.txt", chunk=20, overlap=3))
    assert len(before) > 5
    assert after[: len(before) - 1] == before[:-1]


def test_a_pdf_is_read_page_by_page(write: Write, opened: Open) -> None:
    write("p/a.pdf", pdf("One two three.\nFour five.", "Six seven.", title="Numbers"))
    (row,) = rows(opened("pdf", "p"))
    assert row == {
        "id": "a",
        "path": "specs/inputs/p/a.pdf",
        "title": "Numbers",
        "pages": 2,
        "text": "One two three.\nFour five.\n\nSix seven.",
    }
    found = rows(opened("pdf", "p", chunk=4))
    assert [(row["id"], row["page"], row["text"]) for row in found] == [
        ("a#1", 1, "One two three."),
        ("a#2", 1, "Four five.\n\nSix seven."),
    ]
    assert [row["page"] for row in rows(opened("pdf", "p", chunk=3))] == [1, 1, 2]


def test_a_pdf_without_a_password_is_opened_and_another_is_named(write: Write, opened: Open) -> None:
    write("open.pdf", encrypted(pdf("Text."), ""))
    assert rows(opened("pdf", "open.pdf"))[0]["text"] == "Text."
    write("shut.pdf", encrypted(pdf("Text."), "secret"))
    (found,) = mistakes(lambda: len(opened("pdf", "shut.pdf")))
    assert found.code == "E0608"
    assert "specs/inputs/shut.pdf" in found.message and "password" in found.message


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.7\ngarbage", pdf("Text.")[:200]])
def test_a_broken_pdf_is_a_mistake_in_the_file_or_has_no_text(write: Write, opened: Open, data: bytes) -> None:
    write("a.pdf", data)
    (found,) = mistakes(lambda: len(opened("pdf", "a.pdf")))
    assert found.code == "E0608"
    assert "specs/inputs/a.pdf" in found.message


def test_files_without_text_give_no_row_and_are_named(write: Write, opened: Open) -> None:
    for name, data in (("1.pdf", pdf("")), ("2.pdf", pdf("Text.")), ("3.pdf", pdf("", ""))):
        write(f"p/{name}", data)
    source = opened("pdf", "p", key="id")
    assert source.keys == ("2",)
    (found,) = source.warnings
    assert found.code == "W0601"
    assert found.notes == ("specs/inputs/p/1.pdf", "specs/inputs/p/3.pdf")
    assert found.message == "2 files of `inputs/p` hold no text, and give no row"
    write("q/empty.md", "\n")
    assert len(opened("markdown", "q")) == 1
    assert [one.notes for one in opened("markdown", "q", chunk=5).warnings] == [("specs/inputs/q/empty.md",)]


def test_two_chunks_with_one_key_are_named_though_files_were_left_out(write: Write, opened: Open) -> None:
    write("p/1.pdf", pdf(""))
    write("p/2.pdf", pdf("One two three. Four five six."))
    (found,) = mistakes(lambda: len(opened("pdf", "p", key="document", chunk=3)))
    assert found.code == "E0605"
    assert found.notes == ("document of specs/inputs/p/2.pdf, chunk 1", "document of specs/inputs/p/2.pdf, chunk 2")


def test_columns_of_documents_are_those_of_their_rows(write: Write, opened: Open, root: Path) -> None:
    write("a.txt", "one two")
    write("a.md", "# one\ntwo")
    write("a.html", PAGE)
    write("a.pdf", pdf("one two"))
    kinds = {str: "str", int: "int"}
    for kind, name in (("text", "a.txt"), ("markdown", "a.md"), ("html", "a.html"), ("pdf", "a.pdf")):
        for further in ({}, {"chunk": 1}):
            args = {"path": f"inputs/{name}", **further}
            found = ProjectCatalog(root).columns(kind, args, SPAN)
            row = rows(opened(kind, name, **further))[0]
            assert found == {column: kinds[type(value)] for column, value in row.items()}


def test_no_file_is_opened_for_its_columns_and_every_file_counts_for_the_digest(
    write: Write, opened: Open, root: Path
) -> None:
    write("p/a.pdf", b"no pdf")
    assert ProjectCatalog(root).columns("pdf", {"path": "inputs/p"}, SPAN) is not None
    before = opened("pdf", "p").digest
    write("p/b.PDF", b"neither")
    assert opened("pdf", "p").digest != before


def test_a_chunk_fits_its_record(write: Write, opened: Open) -> None:
    write("a.md", "# One\ntwo three\n# Four\nfive")
    kind = record(id=STR, chunk=INT, heading=STR, text=STR)
    assert rows(opened("markdown", "a.md", kind, chunk=10))[1] == {
        "id": "a#2",
        "chunk": 2,
        "heading": "Four",
        "text": "# Four\nfive",
    }
