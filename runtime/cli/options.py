"""The options that several verbs share, each said once."""

from __future__ import annotations

import typer

Spec = typer.Argument(help="A .synth file.", metavar="SPEC", show_default=False)
Dataset = typer.Option(None, "--only", metavar="DATASET", help="Only this dataset of the spec.")
Params = typer.Option([], "-p", "--param", metavar="NAME=VALUE", help="Set a param; may be repeated.")
Seed = typer.Option(None, "--seed", metavar="N", help="Seed in place of the spec's.")
Limit = typer.Option(None, "--limit", metavar="N", min=1, help="Only the first N candidates.")
ProfileName = typer.Option(None, "--profile", metavar="NAME", help="A profile of synth.toml.")
Branch = typer.Option(None, "--branch", metavar="NAME", help="Commit to this branch.")
Message = typer.Option(None, "-m", "--message", metavar="TEXT", help="The commit's message.")
Audits = typer.Option(False, "--allow-failed-audits", help="Commit to a scratch branch if audits fail.")
Json = typer.Option(False, "--json", help="Print JSON and nothing else.")
Spend = typer.Option(None, "--budget", metavar="AMOUNTS", help="Stop at tokens=2M,calls=10k,minutes=30.")
Verify = typer.Option(None, "--verify", metavar="N", min=1, help="Then ask N stored answers again and compare.")
Workers = typer.Option(None, "--workers", metavar="N", min=1, help="Make rows in N processes.")
Where = typer.Option(None, "--executor", metavar="WHERE", help="`local`, or `ray`: a cluster's machines.")
