"""An engine in; what it can do, what it cannot, and what it claims and does not hold, found by asking it, out."""

from runtime.engines.check.report import Finding, Report, Times
from runtime.engines.check.run import CHECKS, examine, run

__all__ = ["CHECKS", "Finding", "Report", "Times", "examine", "run"]
