"""A formula as it was written in; plain text without typesetting, and its unit, out."""

from __future__ import annotations

import re

_UNITS = {
    name: names.split()[0]
    for names in (
        *("mm millimeters", "cm centimeters", "m meter meters metre metres", "km kilometers kilometres"),
        *("in inch inches", "ft foot feet", "yd yard yards", "mi mile miles", "g gram grams", "kg kilograms"),
        *("mg", "oz", "lb lbs pounds", "s sec second seconds", "min minute minutes", "h hr hour hours", "day days"),
        *("week weeks", "month months", "year years", "ml", "l liter liters litre litres", "degree degrees deg"),
        *("rad radian radians",),
        *("dollar dollars usd", "euro euros eur", "cent cents", "unit units", "mph", "km/h kmh", "m/s", "people"),
    )
    for name in names.split()
}
"""Units by every name they go by."""
_DROPPED = re.compile(
    r"\\(?:left|right|big|Big|bigg|Bigg|displaystyle|limits|,|;|:|!| )(?![a-zA-Z])|\$|\\\(|\\\)|\\\[|\\\]|~"
)
_SPELT = (
    (r"\\[dtc]frac", r"\\frac"),
    (r"\\(?:cdot|times|ast)(?![a-zA-Z])|[·×∗]", "*"),
    (r"\\div(?![a-zA-Z])|÷", "/"),
    (r"\\(?:le|leq|leqslant)(?![a-zA-Z])|≤", "<="),
    (r"\\(?:ge|geq|geqslant)(?![a-zA-Z])|≥", ">="),
    (r"[−–]", "-"),
    (r"\^\s*(?:\{\s*\\circ\s*\}|\\circ(?![a-zA-Z]))|°", " degrees "),
    (r"\\%", "%"),
    (r"π", r"\\pi "),
    (r"∞|\\infty(?![a-zA-Z])", " oo "),
    (r"√", r"\\sqrt"),
    (r"²", "^2"),
    (r"³", "^3"),
    (r"\\(?:text|mathrm|textbf|mathbf|operatorname|mbox)\s*\{([^{}]*)\}", r" \1 "),
    (r"\\boxed\s*(\{.*\})", r"\1"),
    (r"[€£]", ""),
)


def plain(text: str) -> str:
    text = text.strip().rstrip(".").replace("\\$", "")
    text = re.sub(r"(?<=\d)(?:\{,\}|\\,)(?=\d{3}(?!\d))", "", text)
    for pattern, spelt in _SPELT:
        text = re.sub(pattern, spelt, text)
    text = _DROPPED.sub("", text)
    return _thousands(text).strip()


def _thousands(text: str) -> str:
    """`12,345` is one number where no bracket says that it is two."""
    if re.search(r"[(\[{]", text):
        return text
    return re.sub(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,])", lambda found: found[0].replace(",", ""), text)


def without_unit(text: str) -> tuple[str, str | None]:
    """`5 cm` and `5 cm^2`: what stands behind a number and is a unit's name."""
    found = re.fullmatch(r"(.*[\d)}%])\s*([a-zA-Z][a-zA-Z/ ]*?)(?:\s*\^\s*\{?([23])\}?)?", text, re.DOTALL)
    words = found[2].lower() if found else ""
    if found is None or words not in _UNITS or (len(words) == 1 and not text[len(found[1]) :].startswith(" ")):
        return text, None  # `5m` is five times m
    return found[1], _UNITS[words] + (f"^{found[3]}" if found[3] else "")
