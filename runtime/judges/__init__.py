"""A dataset's judges and their gold cases in; how well each does, as a report, and a refusal where that is too little.

reports = await examine(loaded, inputs, roles)      every judge with `gold`, all its cases
enforce(reports)                                    E0920 for those that are right too seldom
"""

from __future__ import annotations

from runtime.judges.examine import calls, enforce, examine
from runtime.judges.report import Answered, Case, Position, Report, report

__all__ = ["Answered", "Case", "Position", "Report", "calls", "enforce", "examine", "report"]
