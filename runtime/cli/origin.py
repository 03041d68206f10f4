"""Nothing in; the line of a requirements file that installs the synth that runs here, out.

PyPI has another program of this name, so name and version would not do. What pip installed from is told by PEP 610.
"""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, distribution
from typing import Any

UNKNOWN = "synth @ git+https://HOST/OWNER/synth@REVISION"
"""Nobody else can install from a folder of this machine: pip stops at a host that does not exist."""


def requirement() -> str:
    """`synth @ URL` of a repository at a commit or of an archive; `UNKNOWN` where it came from a folder."""
    try:
        told = distribution("synth").read_text("direct_url.json")
    except PackageNotFoundError:
        return UNKNOWN
    return told_by(json.loads(told)) if told else UNKNOWN


def told_by(origin: dict[str, Any]) -> str:
    """`origin` as PEP 610 has it."""
    url, repository, archive = str(origin.get("url", "")), origin.get("vcs_info"), origin.get("archive_info")
    if not url.startswith("https://"):
        return UNKNOWN
    if repository:
        return f"synth @ {repository['vcs']}+{url}@{repository['commit_id']}"
    if archive is None:
        return UNKNOWN
    digest = archive.get("hashes", {}).get("sha256")
    return f"synth @ {url}#sha256={digest}" if digest else f"synth @ {url}"
