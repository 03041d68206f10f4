"""How Sphinx makes the site of the pages that `docs.site.stage` has laid out; read by `python -m docs.site` alone."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path
from typing import Any

from compiler.highlight import SynthLexer
from docs.site.version import EDITION, VERSION

HERE = Path(__file__).parent

project = "synth"
version = release = VERSION
html_title = f"synth {VERSION}, edition {EDITION}"
html_short_title = "synth"
html_baseurl = os.environ.get("SYNTH_DOCS_URL", "")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 4
myst_html_meta = {"color-scheme": "light dark"}
# A page of the repository may open with its second level, and a fence of `json` hold a `…`: neither hides anything.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_static_path = [str(HERE / "static")]
templates_path = [str(HERE / "templates")]
html_favicon = str(HERE / "static" / "icon.svg")
html_css_files = ["synth.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None
html_permalinks_icon = "#"
html_use_index = False
html_domain_indices = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
highlight_language = "none"
html_theme_options: dict[str, Any] = {"navigation_with_keys": False}


def setup(app: Any) -> None:
    app.add_lexer("synth", SynthLexer)
    app.add_lexer("synth-part", SynthLexer)
    app.connect("html-page-context", share_menu, priority=100)


MENUS: dict[tuple[str, str], str] = {}


def share_menu(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Hundreds of pages stand in no menu: theirs is the same in all of a folder, and is made once."""
    if (context.get("meta") or {}).get("orphan") is None:
        return
    made = context["toctree"]

    def menu(**asked: Any) -> str:
        key = posixpath.dirname(page), repr(asked)
        if key not in MENUS:
            MENUS[key] = made(**asked)
        return MENUS[key]

    context["toctree"] = menu
