"""Two versions in; a patch, lines of JSON that make one into the other, out; and a patch in, a commit out."""

from runtime.patch.apply import Applied, apply_patch
from runtime.patch.write import patch_lines

__all__ = ["Applied", "apply_patch", "patch_lines"]
