"""Figures of performance: each script measures one, beside what it is held against, and prints the ratio."""
