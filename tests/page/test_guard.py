"""Who is answered, and how the browser is bound: hosts, origins, tokens, cookies, headers, bodies."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from runtime.page.answers import BODY_LIMIT
from runtime.page.door import Door
from runtime.page.guard import HEADERS
from runtime.page.serve import in_thread
from tests.page.client import Client
from tests.page.conftest import TOKEN
from tests.page.project import REVIEWER, Reviewed

PULL = "/api/pulls/1"


@pytest.fixture
def stranger(reviewed: Reviewed) -> Iterator[Client]:
    """A client of a page that has let nobody in yet."""
    with in_thread(reviewed.project, reviewed.store, REVIEWER, TOKEN) as url:
        yield Client(url)


def test_the_token_is_given_up_for_a_cookie_that_no_script_and_no_other_site_may_use(stranger: Client) -> None:
    assert stranger.ask("/api/me").status == 403
    got = stranger.enter(TOKEN)
    assert (got.status, got.headers["location"]) == (303, "/")
    name, _, flags = got.headers["set-cookie"].partition("; ")
    assert flags == "Path=/; HttpOnly; SameSite=Strict"
    assert TOKEN not in name and stranger.host.partition(":")[2] in name.partition("=")[0]
    assert stranger.get("/api/me")["name"] == REVIEWER


def test_a_token_lets_in_one_browser_once(stranger: Client) -> None:
    first = stranger.enter(TOKEN)
    second = Client(stranger.url)
    assert second.enter(TOKEN).codes == ["E1111"]
    assert second.ask("/api/me").codes == ["E1111"]
    assert first.status == 303 and stranger.enter(TOKEN).status == 303


@pytest.mark.parametrize("token", ["", "a", TOKEN[:-1], TOKEN + "x", "ü\ud800"])
def test_another_token_opens_nothing_and_uses_nothing_up(token: str) -> None:
    door = Door(TOKEN)
    assert door.exchange(token) is None
    assert not door.knows({"synth_review_80": token}, 80)
    assert door.exchange(TOKEN) == door.cookie


def test_the_printed_url_may_lead_to_one_pull_request_and_nowhere_else(stranger: Client) -> None:
    assert stranger.send("GET", f"//example.org/?token={TOKEN}").status == 403
    got = stranger.send("GET", f"/pulls/1?token={TOKEN}")
    assert (got.status, got.headers["location"]) == (303, "/pulls/1")


@pytest.mark.parametrize("cookie", ["", "synth_review_1=x", "=", "a=b;;;", "\x7f=\x7f"])
@pytest.mark.parametrize("path", ["/", "/api/pulls", "/pulls/1", "/static/main.js", "/nothing"])
def test_without_the_cookie_nothing_is_served(read_only: Client, path: str, cookie: str) -> None:
    assert Client(read_only.url, cookie).ask(path).codes == ["E1111"]


def test_a_person_who_is_not_let_in_reads_why_as_text(read_only: Client) -> None:
    got = Client(read_only.url).send("GET", "/pulls/1", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (got.status, got.headers["content-type"]) == (403, "text/plain; charset=utf-8")
    assert got.body.startswith(b"E1111: this browser has not been let in")


@pytest.mark.parametrize(
    "host", ["example.org", "127.0.0.1", "localhost", "127.0.0.1:1", "[::1]", "rebound.example:80"]
)
def test_a_name_that_was_bound_to_this_machine_reaches_nothing(read_only: Client, host: str) -> None:
    got = read_only.send("GET", "/api/me", None, {"Host": host})
    assert (got.status, got.codes) == (421, ["E1110"])


def test_this_machine_may_be_called_localhost(read_only: Client) -> None:
    port = read_only.host.partition(":")[2]
    assert read_only.send("GET", "/api/me", None, {"Host": f"localhost:{port}"}).status == 200


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("http://example.org", "cross-site"),
        ("http://127.0.0.1:1", "same-site"),
        ("null", ""),
        ("", ""),
        ("", "same-origin"),
        ("{own}", "same-site"),
        ("{own}", "cross-site"),
    ],
)
def test_only_the_page_itself_changes_anything(read_only: Client, origin: str, site: str) -> None:
    headers = {"Origin": origin.format(own=read_only.url), "Sec_Fetch_Site": site}
    got = read_only.post(f"{PULL}/comments", {"text": "from elsewhere"}, **headers)
    assert (got.status, got.codes) == (403, ["E1110"])
    assert read_only.get(PULL)["comments"] == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_reads_nothing(read_only: Client, site: str) -> None:
    assert read_only.send("GET", "/api/me", None, {"Sec-Fetch-Site": site}).status == 403
    assert read_only.send("GET", "/api/me", None, {"Origin": "http://example.org"}).status == 403
    for own in ("same-origin", "none"):
        assert read_only.send("GET", "/api/me", None, {"Sec-Fetch-Site": own}).status == 200


@pytest.mark.parametrize(
    "type_", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_that_a_form_could_send_is_refused(read_only: Client, type_: str) -> None:
    got = read_only.post(f"{PULL}/comments", {"text": "x"}, Content_Type=type_)
    assert (got.status, got.codes) == (415, ["E1112"])


def test_a_body_is_read_to_a_limit_whether_its_length_is_said_or_not(read_only: Client) -> None:
    long = b'"' + b"x" * BODY_LIMIT + b'"'
    got = read_only.post(f"{PULL}/comments", long)
    assert (got.status, got.codes) == (413, ["E1113"])
    assert _chunked(read_only, long) == 413


def _chunked(client: Client, body: bytes) -> int:
    connection = HTTPConnection(client.host, timeout=60)
    headers = {"Cookie": client.cookie, "Origin": client.url, "Content-Type": "application/json"}
    chunks = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    connection.request("POST", f"{PULL}/comments", chunks, headers, encode_chunked=True)
    try:
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/pulls/1", "/api/pulls", "/nothing", "/static/main.js", "/?token=wrong"])
def test_every_answer_binds_the_browser(read_only: Client, path: str) -> None:
    headers = read_only.ask(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "server" not in headers


def test_the_policy_lets_the_page_run_its_own_scripts_and_nothing_else() -> None:
    rules = dict(rule.partition(" ")[::2] for rule in HEADERS["content-security-policy"].split("; "))
    assert rules == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "require-trusted-types-for": "'script'",
    }


def test_files_of_the_page_are_what_they_are_said_to_be(read_only: Client) -> None:
    shells = {read_only.ask(path).body for path in ("/", "/pulls/1")}
    assert len(shells) == 1
    assert read_only.ask("/static/main.js").headers["content-type"].startswith("text/javascript")
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static//etc/passwd"):
        assert read_only.ask(path).status == 404
