"""`synth.toml`: what it means, that no file works too, and that each mistake is named at its line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.diagnostics import Diagnostic, SynthError, page, render
from dsl.source import Source
from runtime.config import Binding, Budget, Config, Project, load_config, read_amount, read_config
from runtime.config.engines import open_engine
from runtime.config.places import Places

FULL = """
[store]
kind = "git"
path = "data.git"

[engines.gpu]
kind = "sglang"
url = "http://gpu:30000"   # on the second machine
concurrency = 64

[engines.fake]
kind = "deterministic"

[profile.default]
engine = "gpu"

[profile.nightly]
branch = "nightly"
limit = 1_000
audits = "warn"
workers = 4

[profile.nightly.roles]
writer = "gpu"
critic = { engine = "gpu", model = "Qwen3-4B" }

[profile.nightly.params]
takes = 1
topics = ["break", "with"]

[profile.nightly.budget]
tokens = "2M"
calls = 5_000
minutes = 30
"""


def read(text: str) -> Config:
    return read_config(Source("synth.toml", text))


def mistakes(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(SynthError) as caught:
        read(text)
    for found in caught.value.diagnostics:
        assert page(found.code), found.code
    return caught.value.diagnostics


def line_of(text: str, found: Diagnostic) -> str:
    assert found.span is not None
    source = Source("synth.toml", text)
    return source.line(source.position(found.span.start).line)


def test_a_full_file_means_what_it_says() -> None:
    config = read(FULL)
    nightly = config.profile("nightly")
    assert config.store.path == "data.git"
    assert nightly.binding("critic") == Binding("gpu", "Qwen3-4B")
    assert nightly.binding("writer") == Binding("gpu")
    assert nightly.binding("extractor") == Binding("embedded")
    assert nightly.budget == Budget(2_000_000, 5_000, 30.0)
    assert (nightly.branch, nightly.limit, nightly.audits) == ("nightly", 1000, "warn")
    assert (nightly.executor, nightly.workers, config.profile().workers) == ("local", 4, None)
    assert nightly.params == {"takes": 1, "topics": ["break", "with"]}
    assert config.profile().binding("writer") == Binding("gpu")


def test_a_binding_s_model_replaces_the_engine_s() -> None:
    engine = read(FULL).engine(Binding("gpu", "Qwen3-4B"))
    assert engine.settings == {"url": "http://gpu:30000", "concurrency": 64, "model": "Qwen3-4B"}


def test_without_a_file_every_role_is_bound_to_the_embedded_engine(tmp_path: Path) -> None:
    project = Project.find(tmp_path)
    assert (project.root, project.state_dir) == (tmp_path, tmp_path / ".synth")
    binding = project.config.profile().binding("anything")
    assert project.config.engine(binding).kind == "llamacpp"
    assert project.config.store.kind == "git"


def test_the_project_is_the_nearest_folder_with_a_configuration(tmp_path: Path) -> None:
    deep = tmp_path / "specs" / "inner"
    deep.mkdir(parents=True)
    (tmp_path / "synth.toml").write_text("", encoding="utf-8")
    (deep.parent / ".synth").mkdir()
    project = Project.find(deep)
    assert project.root == tmp_path
    assert project.path(deep / "a.synth") == "specs/inner/a.synth"
    assert project.path("/elsewhere/a.synth") == "/elsewhere/a.synth"


def test_without_a_configuration_the_state_folder_marks_the_project(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / ".synth").mkdir()
    assert Project.find(tmp_path / "specs").root == tmp_path


@pytest.mark.parametrize(
    ("text", "code", "line", "says"),
    [
        ("[store]\nkind = git", "E0701", "kind = git", "invalid value"),
        ("[store", "E0701", "[store", "TOML"),
        ("[profil.default]", "E0702", "[profil.default]", "did you mean `profile`?"),
        ('[profile.default]\nbrnach = "x"', "E0702", 'brnach = "x"', "did you mean `branch`?"),
        ("[profile.default.budget]\ntoken = 3", "E0702", "token = 3", "did you mean `tokens`?"),
        ("[profile.a]\nlimit = true", "E0703", "limit = true", "takes a whole number"),
        ("[profile.a]\nlimit = 0", "E0703", "limit = 0", "at least 1"),
        ("[profile.a]\nworkers = 0", "E0703", "workers = 0", "at least 1"),
        ('[profile.a]\naudits = "warm"', "E0703", 'audits = "warm"', "did you mean `warn`?"),
        ('[profile.a]\nbudget = { tokens = "many" }', "E0703", 'budget = { tokens = "many" }', "2M"),
        ('[store]\nkind = "lakefs"\nrepository = "My Data"', "E0703", 'repository = "My Data"', "3 to 63"),
        ("profile = 3", "E0703", "profile = 3", "takes a table"),
        ('[profile.a.roles]\nwriter = { kind = "embedding" }', "E0703", 'writer = { kind = "embedding" }', "`meaning`"),
        ("[profile.a.roles]\nwriter = 3", "E0703", "writer = 3", "an engine's name"),
        ('[profile.a.roles]\nwriter = "embeded"', "E0705", 'writer = "embeded"', "did you mean `embedded`?"),
        ('[profile.a]\nroles.writer = { engine = "gpu" }', "E0705", 'roles.writer = { engine = "gpu" }', "gpu"),
    ],
)
def test_a_mistake_is_named_at_its_line(text: str, code: str, line: str, says: str) -> None:
    (found,) = mistakes(text)
    assert found.code == code
    assert line_of(text, found) == line
    assert says in render([found], lambda path: Source(path, text))


def test_every_mistake_of_a_file_is_reported_in_file_order() -> None:
    found = mistakes('colour = 1\n[store]\nkind = "s3"\n[profile.a]\nlimit = "x"\nengine = "none"\n')
    assert [(item.code, item.span is not None) for item in found] == [
        ("E0702", True),
        ("E0703", True),
        ("E0703", True),
        ("E0705", True),
    ]


@pytest.mark.parametrize(
    "line",
    [
        'api_key = "0123456789"',
        'OPENAI_API_KEY = "x01y"',
        'url = "http://user:pa55word@host"',
        'note = "sk-abcdefghijklmnopqrstu"',
        'headers = ["eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0"]',
    ],
)
def test_a_secret_is_refused_and_never_printed(line: str) -> None:
    text = f"[engines.gpu]\n{line}\n"
    (found,) = mistakes(text)
    assert found.code == "E0704"
    assert "line 2" in found.message
    printed = render([found], lambda path: Source(path, text))
    assert line.split('"')[1] not in printed


def test_the_name_of_a_variable_is_no_secret() -> None:
    assert read('[engines.gpu]\napi_key_env = "GPU_KEY"\n').engines["gpu"].settings == {"api_key_env": "GPU_KEY"}


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(SynthError) as caught:
        read(FULL).profile("nightli")
    (found,) = caught.value.diagnostics
    assert (found.code, found.label) == ("E0706", "did you mean `nightly`?")


def test_a_file_that_is_not_utf_8_is_a_diagnostic(tmp_path: Path) -> None:
    (tmp_path / "synth.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SynthError, match="not UTF-8"):
        load_config(tmp_path / "synth.toml")


def test_an_engine_is_opened_with_its_settings_and_a_wrong_one_is_shown_in_the_file() -> None:
    assert open_engine(read(FULL), Binding("fake")).name == "fake"
    text = '[engines.fake]\nkind = "deterministic"\ndelya = 1\n'
    with pytest.raises(SynthError) as caught:
        open_engine(read(text), Binding("fake"))
    assert line_of(text, caught.value.diagnostics[0]) == "delya = 1"


@pytest.mark.parametrize(("text", "amount"), [("2M", 2_000_000), ("1.5k", 1500), ("40_000", 40_000), ("many", None)])
def test_amounts_are_read_with_their_unit(text: str, amount: int | None) -> None:
    assert read_amount(text) == amount


KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,6}", fullmatch=True)


@given(st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers(), max_size=3), max_size=3))
def test_every_key_of_a_file_has_its_place(tables: dict[str, dict[str, int]]) -> None:
    text = "".join(
        f"[{name}] # table\n" + "".join(f'  "{key}" = {value}\n' for key, value in table.items())
        for name, table in tables.items()
    )
    assert tomllib.loads(text) == tables
    source = Source("synth.toml", text)
    for name, table in tables.items():
        for key in table:
            span = Places(source).span((name, key))
            assert span is not None
            assert source.slice(span).strip('"') == key


@given(st.text())
def test_no_text_makes_reading_fail_other_than_with_diagnostics(text: str) -> None:
    try:
        read(text)
    except SynthError as error:
        render(error.diagnostics, lambda path: Source(path, text))


def test_a_role_says_that_its_model_gives_scores() -> None:
    roles = '[profile.default.roles]\nscorer = { engine = "gpu", kind = "reward" }\n'
    config = read(f'[engines.gpu]\nkind = "sglang"\nurl = "http://x"\n{roles}')
    assert config.profile().binding("scorer").kind == "reward"
    assert config.profile().binding("writer").kind == "chat"


class TestReview:
    def test_nothing_is_protected_without_the_section(self) -> None:
        assert Config().review.branches == ()
        assert read("").review == Config().review

    def test_the_section_alone_protects_main_by_one_other_persons_approval(self) -> None:
        found = read("[review]\n").review
        assert (found.branches, found.approvals, found.author_may_approve) == (("main",), 1, False)
        assert (found.audits, found.flags, found.signatures) == ("green", "read", "allowed")

    def test_files_are_found_from_the_project(self, tmp_path: Path) -> None:
        (tmp_path / "synth.toml").write_text(
            '[review]\nallowed_signers = "signers"\nsigning_key = "ssh-ed25519 AAAA"\n'
        )
        found = load_config(tmp_path / "synth.toml").review
        assert (found.allowed_signers, found.signing_key) == (str(tmp_path / "signers"), "ssh-ed25519 AAAA")

    @pytest.mark.parametrize(
        ("text", "code", "said"),
        [
            ("aprovals = 2", "E0702", "did you mean `approvals`?"),
            ("approvals = -1", "E0703", "not -1"),
            ("approvals = true", "E0703", "not true"),
            ('branches = "main"', "E0703", 'not "main"'),
            ("branches = [1]", "E0703", "not …"),
            ('audits = "gren"', "E0703", "did you mean `green`?"),
            ('signatures = "required"', "E0703", ""),
        ],
    )
    def test_a_mistake_is_told_at_its_line(self, text: str, code: str, said: str) -> None:
        (found,) = mistakes(f"[review]\n{text}\n")
        assert (found.code, found.label) == (code, said)
        assert found.span is not None


def test_files_of_engines_are_the_projects_wherever_a_command_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "synth.toml").write_text(
        '[engines.gpu]\nkind = "sglang"\nurl = "http://gpu:30000"\nmodel = "qwen"\nchat_template = "chat.jinja"\n'
        '[engines.own]\nkind = "llamacpp"\nmodel = "weights/own.gguf"\n'
        '[engines.little]\nkind = "llamacpp"\nmodel = "smollm2"\n'
        '[profile.default.roles]\nwriter = { engine = "own", model = "weights/other.gguf" }\n'
    )
    below = tmp_path / "specs"
    below.mkdir()
    monkeypatch.chdir(below)
    config = Project.find(Path()).config
    assert config.engines["gpu"].settings["chat_template"] == str(tmp_path / "chat.jinja")
    assert config.engines["gpu"].settings["model"] == "qwen"
    assert config.engines["own"].settings["model"] == str(tmp_path / "weights/own.gguf")
    assert config.engines["little"].settings["model"] == "smollm2"
    assert config.profile().binding("writer").model == str(tmp_path / "weights/other.gguf")
