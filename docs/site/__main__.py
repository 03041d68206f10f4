"""`python -m docs.site`: the repository in; the site in `build/docs/html` out, every link of it followed."""

from __future__ import annotations

import shutil
import sys

from sphinx.cmd.build import main as sphinx

from docs.site.check import mistakes
from docs.site.extras import write
from docs.site.places import ROOT
from docs.site.stage import stage

BUILT = ROOT / "build" / "docs"
HTML = BUILT / "html"


def main() -> int:
    source = BUILT / "source"
    number = stage(source)
    config = str(ROOT / "docs" / "site")
    wrong = sphinx(
        ["-q", "-j", "auto", "-W", "--keep-going", "-c", config, "-d", str(BUILT / "read"), str(source), str(HTML)]
    )
    if wrong:
        return wrong
    shutil.copytree(ROOT / "docs" / "images", HTML / "images", dirs_exist_ok=True)
    write(HTML)
    found = mistakes(HTML)
    for line in found:
        print(line, file=sys.stderr)
    print(f"{number:,} pages in {HTML.relative_to(ROOT)}", f"{len(found)} mistakes" if found else "")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
