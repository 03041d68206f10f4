"""The built site in; what a server of plain files wants beside its pages: 404.html, .nojekyll, robots and a sitemap."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path

from docs.site.version import EDITION, VERSION

ADDRESS = "SYNTH_DOCS_URL"
"""Where the site will stand. A sitemap holds whole addresses, so there is one only where this is said."""
UNLISTED = frozenset({"404.html", "search.html", "genindex.html"})
NOT_FOUND = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>Not found - synth {version}</title>
<style>body {{ font: 1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 12vh auto; padding: 0 1rem }}</style>
</head>
<body>
<h1>There is no such page</h1>
<p>It may have moved. <a href="{root}contents.html">All pages</a> are listed, <a href="{root}errors.html">messages</a>
stand under their codes (<code>codes/E0312.html</code>), and <a href="{root}index.html">the beginning</a> is here.</p>
<p>synth {version}, edition {edition}</p>
</body>
</html>
"""


def write(html: Path) -> None:
    address = os.environ.get(ADDRESS, "")
    (html / ".nojekyll").write_text("", encoding="utf-8")
    (html / "404.html").write_text(not_found(address), encoding="utf-8")
    if address:
        pages = sorted(file.relative_to(html).as_posix() for file in html.rglob("*.html"))
        (html / "sitemap.xml").write_text(sitemap(address, pages), encoding="utf-8")
        (html / "robots.txt").write_text(f"Sitemap: {address.rstrip('/')}/sitemap.xml\n", encoding="utf-8")


def not_found(address: str) -> str:
    """It is served at any depth, so its links begin at the root."""
    root = f"{address.rstrip('/')}/"
    return NOT_FOUND.format(version=VERSION, edition=EDITION, root=escape(root))


def sitemap(address: str, pages: list[str]) -> str:
    root = escape(address.rstrip("/"))
    urls = "".join(f"<url><loc>{root}/{escape(page)}</loc></url>\n" for page in pages if page not in UNLISTED)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n'
