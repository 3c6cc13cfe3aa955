"""Audit tables: what every night did, kept from night to night."""

import pandas as pd
import pandera.pandas as pa


class AuditRun(pa.DataFrameModel):
    """One row per run, published or not."""

    run_id: str = pa.Field(unique=True, description="Identifier; sorts by time.")
    started_at: pa.DateTime = pa.Field(description="Start (UTC).")
    finished_at: pa.DateTime = pa.Field(nullable=True, description="End (UTC).")
    status: str = pa.Field(
        description="published, unchanged, dry run, refused, broke or rolled back."
    )
    exit_code: int = pa.Field(description="0 well, 1 refused by the data, 2 the run broke.")
    message: str = pa.Field(nullable=True, description="Why, in words.")
    figures_read: int = pa.Field(description="Rows of figures found in the files.")
    figures_held: int = pa.Field(description="Rows of figures in quarantine.")
    figures_published: int = pa.Field(description="Rows of marts.fct_reported_figure.")
    findings_new: int = pa.Field(description="Findings seen for the first time.")
    findings_persisting: int = pa.Field(description="Findings seen before and still there.")
    findings_acknowledged: pd.Int64Dtype = pa.Field(
        nullable=True, description="Findings that somebody has accepted, and that are still there."
    )
    findings_resolved: int = pa.Field(description="Findings of last night that are gone.")

    class Config:
        """Where it lies."""

        name = "run"


class AuditInputFile(pa.DataFrameModel):
    """One row per run and input file."""

    run_id: str = pa.Field(description="The run.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    dataset: str = pa.Field(nullable=True, description="Raw table that it went to.")
    sha256: str = pa.Field(nullable=True, description="SHA-256 of the file's bytes.")
    size_bytes: int = pa.Field(description="Size.")
    status: str = pa.Field(description="loaded, loaded_in_part, refused or ignored.")
    rows_in_file: int = pa.Field(description="Records found in it.")
    rows_loaded: int = pa.Field(description="Records that went through.")
    rows_quarantined: int = pa.Field(description="Records held; with rows_loaded, all of them.")
    message: str = pa.Field(nullable=True, description="What somebody should know about it.")
    fingerprint: str = pa.Field(
        nullable=True, description="Hash of its bytes, its format and the code that read it."
    )
    is_carried: pd.BooleanDtype = pa.Field(
        nullable=True, description="Whether its rows come from the warehouse before."
    )

    class Config:
        """Where it lies."""

        name = "input_file"


class AuditQuarantine(pa.DataFrameModel):
    """One row per run, held row and reason."""

    run_id: str = pa.Field(description="The run.")
    dataset: str = pa.Field(description="Raw table.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts; header is 1.")
    check_name: str = pa.Field(description="Check that holds it.")
    column_name: str = pa.Field(nullable=True, description="Column at fault.")
    raw_text: str = pa.Field(nullable=True, description="What stood there, verbatim.")
    reason: str = pa.Field(description="What was wrong and what was expected.")
    row_text: str = pa.Field(nullable=True, description="The whole row, verbatim.")

    class Config:
        """Where it lies."""

        name = "quarantine"


class AuditCheckResult(pa.DataFrameModel):
    """One row per run and check."""

    run_id: str = pa.Field(description="The run.")
    table_name: str = pa.Field(description="Table that was checked.")
    check_name: str = pa.Field(description="The claim, as a name.")
    kind: str = pa.Field(
        description="row or group: a rule of its own; read: of the files; else of keys and types."
    )
    claim: str = pa.Field(description="The claim, in words.")
    severity: str = pa.Field(description="error or warning.")
    scope: str = pa.Field(description="What is counted: table, row or group.")
    verdict: str = pa.Field(description="pass, warn, fail, unknown or error.")
    tested_count: int = pa.Field(description="How many could be tested.")
    failed_count: int = pa.Field(description="How many of these failed.")
    unknown_count: int = pa.Field(description="How many could not be tested.")
    message: str = pa.Field(nullable=True, description="Why the check itself broke.")

    class Config:
        """Where it lies."""

        name = "check_result"


class AuditFinding(pa.DataFrameModel):
    """One row per finding: as last seen, or as it was when it went away."""

    run_id: str = pa.Field(description="The run that saw it last, or saw it gone.")
    finding_id: str = pa.Field(unique=True, description="Hash of check and subject.")
    check_name: str = pa.Field(description="Check that it comes from.")
    severity: str = pa.Field(description="error or warning.")
    state: str = pa.Field(description="new, persisting, acknowledged or resolved.")
    subject: str = pa.Field(description="What it is about; stable from night to night.")
    headline: str = pa.Field(description="The finding in one sentence.")
    message: str = pa.Field(description="The finding in full.")
    evidence: str = pa.Field(
        nullable=True, description="The values that it rests on; copy it to accept the finding."
    )
    source_id: str = pa.Field(nullable=True, description="Page it is about.")
    measure: str = pa.Field(nullable=True, description="Measure it is about.")
    geography: str = pa.Field(nullable=True, description="Country it is about.")
    file: str = pa.Field(nullable=True, description="File to look at.")
    row_number: pd.Int64Dtype = pa.Field(nullable=True, description="First row to look at.")
    first_seen_at: pa.DateTime = pa.Field(description="Start of the run that saw it first.")
    last_seen_at: pa.DateTime = pa.Field(description="Start of the run that saw it last.")

    class Config:
        """Where it lies."""

        name = "finding"


class AuditFindingFigure(pa.DataFrameModel):
    """One row per finding and figure that takes part in it."""

    finding_id: str = pa.Field(description="The finding.")
    figure_id: str = pa.Field(description="The figure.")
    role: str = pa.Field(description="whole or part.")
    file: str = pa.Field(description="File of the figure.")
    row_number: int = pa.Field(description="Row of the figure.")
    blame_rank: pd.Int64Dtype = pa.Field(
        nullable=True, description="1 is most likely wrong; null for what is not in doubt."
    )
    blame_band: str = pa.Field(nullable=True, description="near-certain, probable or open.")
    mended_value: pd.Int64Dtype = pa.Field(
        nullable=True, description="The value that would mend everything."
    )
    slip: str = pa.Field(
        nullable=True, description="The slip that leads from that to the printed number."
    )

    class Config:
        """Where it lies."""

        name = "finding_figure"


class AuditFindingProof(pa.DataFrameModel):
    """One row per finding and line of its proof: lines that cannot all be true."""

    finding_id: str = pa.Field(description="The finding.")
    line_number: int = pa.Field(description="Place in the proof.")
    kind: str = pa.Field(description="figure, claim, completeness, sameness or structure.")
    words: str = pa.Field(description="What the line says.")
    figure_id: str = pa.Field(nullable=True, description="The figure, if it is one.")
    source_id: str = pa.Field(nullable=True, description="Page that says it.")
    file: str = pa.Field(nullable=True, description="File of it.")
    row_number: pd.Int64Dtype = pa.Field(nullable=True, description="Row of it.")
    blame_rank: pd.Int64Dtype = pa.Field(
        nullable=True, description="1 is most likely wrong; null for what is not in doubt."
    )
    blame_band: str = pa.Field(nullable=True, description="near-certain, probable or open.")

    class Config:
        """Where it lies."""

        name = "finding_proof"


class AuditModelRun(pa.DataFrameModel):
    """One row per run and table built."""

    run_id: str = pa.Field(description="The run.")
    model: str = pa.Field(description="Table.")
    rows_count: int = pa.Field(description="Rows that it has.")
    seconds: float = pa.Field(description="Time to build and check it.")
    fingerprint: str = pa.Field(
        nullable=True, description="Hash of its SQL, its schema and all that it was made of."
    )
    is_carried: pd.BooleanDtype = pa.Field(
        nullable=True, description="Whether rows and counts come from the warehouse before."
    )

    class Config:
        """Where it lies."""

        name = "model_run"
