"""`python -m etl`: the commands beside the nightly run."""

from etl.cli import app

app(prog_name="python -m etl")
