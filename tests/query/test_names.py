"""What SQL names: datasets at refs, and never what only looks like one."""

from hypothesis import given
from hypothesis import strategies as st

from runtime.query.names import Reference, parse_reference, references, with_quoted_names


def test_a_name_with_a_ref_is_quoted_for_duckdb() -> None:
    assert with_quoted_names("select * from qa@main~2 join b@x-1.rejected") == (
        'select * from "qa@main~2" join "b@x-1".rejected'
    )


def test_texts_comments_and_quoted_names_stay_as_they_are() -> None:
    sql = """select 'qa@main', $$qa@main$$, $x$ qa@main $x$ -- qa@main
    /* qa@main */ from "qa@v1.2" """
    assert with_quoted_names(sql) == sql
    assert Reference("qa", "v1.2") in references(sql)
    assert all(reference.ref == "v1.2" for reference in references(sql) if reference.ref)


def test_what_follows_a_dot_is_a_part_and_no_dataset() -> None:
    found = references("select a.topic from qa@main.rejected a, qa.calls")
    assert Reference("qa", "main", "rejected") in found
    assert Reference("qa", None, "calls") in found
    assert Reference("rejected") not in found


@given(st.text())
def test_sql_without_an_at_sign_is_never_changed(sql: str) -> None:
    plain = sql.replace("@", "")
    assert with_quoted_names(plain) == plain


@given(st.text(alphabet="ab@'\"-/*$ .~1"))
def test_quoting_twice_changes_nothing_more(sql: str) -> None:
    once = with_quoted_names(sql)
    assert with_quoted_names(once) == once


def test_a_reference_as_typed() -> None:
    assert parse_reference("qa") == Reference("qa")
    assert parse_reference("qa@main~1") == Reference("qa", "main~1")
    assert parse_reference("qa@main.rejected") == Reference("qa", "main", "rejected")
    assert parse_reference("qa.rejected") == Reference("qa", None, "rejected")
    assert parse_reference('"qa@v1.2".rejected') == Reference("qa", "v1.2", "rejected")
