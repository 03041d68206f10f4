"""A mistake in; a code, a place, what would fix it, and its text or JSON out."""

from dsl.diagnostics.catalogue import Example, Page, codes, explain, page
from dsl.diagnostics.json import diagnostic_json, diagnostics_json
from dsl.diagnostics.model import Diagnostic, Edit, Fix, Related, Severity, SourceOf, SynthError
from dsl.diagnostics.suggest import Guess, did_you_mean, nearest
from dsl.diagnostics.text import render, summary

__all__ = [
    "Diagnostic",
    "Edit",
    "Example",
    "Fix",
    "Guess",
    "Page",
    "Related",
    "Severity",
    "SourceOf",
    "SynthError",
    "codes",
    "diagnostic_json",
    "diagnostics_json",
    "did_you_mean",
    "explain",
    "nearest",
    "page",
    "render",
    "summary",
]
