"""A folder with a Hugging Face dataset in; the shards of the split that was asked for, in order, out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import orjson

from dsl.diagnostics import SynthError, did_you_mean
from runtime.sources.place import Where
from runtime.sources.raw import unreadable

STATE, INFO, SPLITS, README = "state.json", "dataset_info.json", "dataset_dict.json", "README.md"
_SHARD = re.compile(r"(?P<split>\w+(?:\.\w+)*)-\d{5}-of-\d{5}(?:-\w+)?")
_WORD = re.compile(r"(?P<split>train|training|test|testing|eval|evaluation|validation|valid|val|dev)(?![a-z])")
_SAME = {"training": "train", "testing": "test", "eval": "test", "evaluation": "test"} | dict.fromkeys(
    ("valid", "val", "dev"), "validation"
)
_FRONT = re.compile(r"\A---[^\S\n]*\n(.*?)^---[^\S\n]*$", re.DOTALL | re.MULTILINE)
DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Shards:
    """`about` are the files that say which shards there are and what they hold."""

    about: tuple[Path, ...]
    shards: tuple[Path, ...]


def find(where: Where) -> Shards:
    """Raises SynthError for a folder that is none (E0606), is another thing (E0608), or has several splits (E0614)."""
    folder = where.folder()
    if (folder / STATE).is_file():
        return _saved(where, folder)
    if (folder / SPLITS).is_file():
        found = _json(where, folder / SPLITS)
        splits = [str(name) for name in found.get("splits", [])]
        split = _chosen(where, "split", splits)
        inner = _inside(where, folder, folder / split)
        return Shards((folder / SPLITS, *_saved(where, inner).about), _saved(where, inner).shards)
    return _hub(where, folder)


# --- save_to_disk ---


def _saved(where: Where, folder: Path) -> Shards:
    state = _json(where, folder / STATE)
    names = [item.get("filename") for item in state.get("_data_files") or () if isinstance(item, dict)]
    shards = tuple(_inside(where, folder, folder / str(name)) for name in names)
    missing = next((path for path in shards if not path.is_file()), None)
    if missing is not None:
        raise unreadable(where, where.shown(folder / STATE), f"it names `{missing.name}`, which is not there")
    about = tuple(path for path in (folder / STATE, folder / INFO) if path.is_file())
    return Shards(about, shards)


def _json(where: Where, path: Path) -> dict[str, Any]:
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        found = None
    if not isinstance(found, dict):
        raise unreadable(where, where.shown(path), "not a record of JSON")
    return found


def _inside(where: Where, folder: Path, path: Path) -> Path:
    """A file says where others are; none of them may lie elsewhere."""
    where.confine(path)
    if not path.resolve().is_relative_to(folder.resolve()):
        raise unreadable(where, where.shown(folder), f"it names `{path.name}` outside of itself")
    return path


# --- a repository of the hub ---


def _hub(where: Where, folder: Path) -> Shards:
    readme = folder / README
    about = (readme,) if readme.is_file() else ()
    found = sorted((p for p in folder.rglob("*.parquet") if p.is_file()), key=lambda p: p.as_posix())
    shards = {path.relative_to(folder).as_posix(): _inside(where, folder, path) for path in found}
    if not shards:
        reason = f"it has neither `{STATE}` nor Parquet files"
        raise unreadable(where, where.shown(folder), reason)
    declared, default = _declared(where, readme) if about else ({}, DEFAULT)
    configs = declared or _by_folder(shards)
    splits = configs[_chosen(where, "config", list(configs), default)]
    split = _chosen(where, "split", list(splits))
    chosen = [path for name, path in shards.items() if any(_matches(name, pattern) for pattern in splits[split])]
    if not chosen:
        raise unreadable(where, where.shown(readme), f"no file matches `{', '.join(splits[split])}`")
    return Shards(about, tuple(chosen))


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern.removeprefix("./").replace("**/", "*"))


def _by_folder(names: Iterable[str]) -> dict[str, dict[str, list[str]]]:
    """Configurations by folder (`data` is none), splits by the beginning of the file's name or its folder's."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in names:
        *folders, file = name.split("/")
        split = _split_of(file) or next((s for part in reversed(folders) if (s := _split_of(part))), "train")
        kept = [part for part in folders if part != "data" and _split_of(part) is None]
        found.setdefault("/".join(kept) or DEFAULT, {}).setdefault(split, []).append(_literally(name))
    return found


def _literally(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _split_of(name: str) -> str | None:
    stem = name.removesuffix(".parquet")
    found = _SHARD.fullmatch(stem) or _WORD.match(stem.lower())
    return _SAME.get(found["split"], found["split"]) if found else None


def _declared(where: Where, readme: Path) -> tuple[dict[str, dict[str, list[str]]], str]:
    """`configs:` of the front matter: by configuration and split, patterns of files; and the default one's name."""
    import yaml

    front = _FRONT.match(readme.read_text(encoding="utf-8-sig", errors="replace"))
    if front is None:
        return {}, DEFAULT
    try:
        stated = yaml.safe_load(front[1])
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise unreadable(where, where.shown(readme), f"its front matter is not YAML: {reason}") from None
    configs = stated.get("configs") if isinstance(stated, Mapping) else None
    entries = [item for item in configs or () if isinstance(item, Mapping)]
    found = {str(item.get("config_name", DEFAULT)): _files(item.get("data_files")) for item in entries}
    default = next((str(item["config_name"]) for item in entries if item.get("default") and "config_name" in item), "")
    return {name: splits for name, splits in found.items() if splits}, default or DEFAULT


def _files(stated: Any) -> dict[str, list[str]]:
    """`data_files` as the hub allows it: a pattern, patterns, or a list of splits with theirs."""
    if isinstance(stated, str):
        return {"train": [stated]}
    if isinstance(stated, Mapping):
        return {str(split): _patterns(paths) for split, paths in stated.items()}
    found: dict[str, list[str]] = {}
    for item in stated or ():
        if isinstance(item, Mapping):
            found.setdefault(str(item.get("split", "train")), []).extend(_patterns(item.get("path")))
        else:
            found.setdefault("train", []).append(str(item))
    return found


def _patterns(paths: Any) -> list[str]:
    return [str(path) for path in paths] if isinstance(paths, list) else [str(paths)]


# --- choosing ---


def _chosen(where: Where, what: str, names: list[str], otherwise: str | None = None) -> str:
    """The one that the braces name, else the only one there is."""
    wanted = getattr(where.options, what)
    if wanted in names:
        return str(wanted)
    if wanted is None and otherwise is not None and otherwise in names:
        return otherwise
    if wanted is None and len(names) == 1:
        return names[0]
    raise _unclear(where, what, wanted, names)


def _unclear(where: Where, what: str, wanted: str | None, names: list[str]) -> SynthError:
    words = {"split": "split", "config": "configuration"}[what]
    message = f"`{where.argument}` has no {words} `{wanted}`" if wanted else f"`{where.argument}` has several {words}s"
    return where.error(
        "E0614",
        message,
        f"{words}s: {', '.join(names)}",
        label=did_you_mean(wanted, names) if wanted else "",
        help=f'name one in the braces: `{{ {what} = "{names[0] if names else "train"}" }}`',
    )
