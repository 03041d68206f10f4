"""How Sphinx makes the site of the pages that `docs.site.stage` has laid out; read by `python -m docs.site` alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from compiler.highlight import SynthLexer
from docs.site import contents
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
    app.connect("html-page-context", light_menu, priority=100)


def light_menu(app: Any, page: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """Sphinx would copy the headings of all pages for the menu of each: half of the time that the site takes."""
    context["toctree"] = lambda **asked: "".join(_menu(app, page))


def _menu(app: Any, page: str) -> Iterator[str]:
    """The captions and the pages below each, as the theme expects them."""
    shown = [
        name for name in app.env.found_docs if "orphan" not in app.env.metadata[name] and name != app.config.root_doc
    ]
    placed = contents.placed(f"{name}.md" for name in shown)
    for caption, found in groupby(placed, key=lambda pair: pair[0]):
        names = [at.removesuffix(".md") for _, at in found]
        entries = "".join(_entry(app, page, name) for name in names)
        yield f'<p class="caption" role="heading"><span class="caption-text">{caption}</span></p>\n<ul>{entries}</ul>\n'


def _entry(app: Any, page: str, name: str) -> str:
    here = " current" if name == page else ""
    title = contents.TITLES.get(f"{name}.md") or app.env.titles[name].astext()
    link = escape(app.builder.get_relative_uri(page, name))
    return f'<li class="toctree-l1{here}"><a class="reference internal{here}" href="{link}">{escape(title)}</a></li>\n'
