"""Raw tables: every row as its file has it, all text, with where it came from.

A column that is `Optional` may be missing from a file; every other one is mandatory, and a file
without it is refused. `raw.reference_*` come from `data/raw/reference/`.
"""

import pandera.pandas as pa


class _RawTable(pa.DataFrameModel):
    """What every raw table has beside its own columns."""

    unknown_columns: str = pa.Field(
        nullable=True, description="Columns of the file that the format does not know, as JSON."
    )
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts; header is 1.")
    file_sha256: str = pa.Field(description="SHA-256 of the file's bytes.")
    loaded_at: pa.DateTime = pa.Field(description="When the run that read it began (UTC).")


class RawFigures(_RawTable):
    """One row per row of data/raw/figures, verbatim."""

    figure_id: str = pa.Field(description="Identifier of the figure.")
    source_id: str = pa.Field(description="Page that printed it.")
    measure: str = pa.Field(description="What is counted.")
    geography: str = pa.Field(description="Reporting country, ISO 3166 alpha-3.")
    period_start: str = pa.Field(description="First day, YYYY-MM-DD.")
    period_end: str = pa.Field(description="Last day, YYYY-MM-DD.")
    dimension: str = pa.Field(description="What the whole is divided by; total for the whole.")
    category: str = pa.Field(description="Part within the dimension; TOTAL for the whole.")
    value: str = pa.Field(description="The number as printed.")
    value_qualifier: str = pa.Field(description="How the page qualifies the number.")
    breakdown_complete: str = pa.Field(description="Whether the parts are presented as all of it.")
    note: str | None = pa.Field(description="For people; no model reads it.")

    class Config:
        """Where it lies."""

        name = "figures"


class RawSources(_RawTable):
    """One row per row of data/raw/sources, verbatim."""

    source_id: str = pa.Field(description="Identifier of the page.")
    publisher: str = pa.Field(description="Who published the page.")
    title: str | None = pa.Field(description="Title, paraphrased.")
    url: str | None = pa.Field(description="Address of the page.")
    published_date: str | None = pa.Field(description="Day of publication, YYYY-MM-DD.")
    original_publisher: str | None = pa.Field(description="Whose account the page reprints.")
    language: str | None = pa.Field(description="Language of the page, BCP 47.")

    class Config:
        """Where it lies."""

        name = "sources"


class RawClaims(_RawTable):
    """One row per row of data/raw/claims, verbatim."""

    claim_id: str = pa.Field(description="Identifier of the claim.")
    source_id: str = pa.Field(description="Page that makes it.")
    kind: str = pa.Field(description="absolute_change, percent_change, multiple, share, rank, sum.")
    subject_figure_id: str = pa.Field(description="Figure that the claim is about.")
    comparator_figure_ids: str = pa.Field(description="Figures compared with, parted by `;`.")
    operator: str = pa.Field(description="eq, gt, ge, lt, le or approx.")
    stated_number: str = pa.Field(description="The number as printed; empty for a rank.")
    note: str | None = pa.Field(description="For people; no model reads it.")

    class Config:
        """Where it lies."""

        name = "claims"


class RawReferenceMeasures(_RawTable):
    """One row per row of data/raw/reference/measures, verbatim."""

    measure: str = pa.Field(description="Code of the measure.")
    label: str = pa.Field(description="Name that reads well after a number.")
    unit: str = pa.Field(description="What one unit is: persons, cases, sites ...")
    kind: str = pa.Field(description="flow, stock or cumulative.")
    description: str | None = pa.Field(description="What is counted, and what it is not.")

    class Config:
        """Where it lies."""

        name = "reference_measures"


class RawReferenceDimensions(_RawTable):
    """One row per row of data/raw/reference/dimensions, verbatim."""

    dimension: str = pa.Field(description="Code of the dimension.")
    label: str = pa.Field(description="Name in words.")
    whole_dimension: str = pa.Field(description="Dimension of the whole; empty for total.")
    whole_category: str = pa.Field(
        description="Category of the whole; * for the one that the part's name begins with."
    )
    categories: str = pa.Field(description="exclusive or may_overlap.")
    negative_categories: str | None = pa.Field(
        description="Categories that the whole is reduced by, parted by `;`."
    )
    description: str | None = pa.Field(description="The reason.")

    class Config:
        """Where it lies."""

        name = "reference_dimensions"


class RawReferenceQualifiers(_RawTable):
    """One row per row of data/raw/reference/qualifiers, verbatim."""

    qualifier: str = pa.Field(description="Code of the qualifier.")
    label: str = pa.Field(description="Words put before the number.")
    low_base: str = pa.Field(description="value or zero.")
    low_units: str = pa.Field(description="Units of the last significant digit added to the base.")
    low_steps: str = pa.Field(description="Whole numbers added to that.")
    high_base: str = pa.Field(description="value or open.")
    high_units: str = pa.Field(description="Units of the last significant digit added to the base.")
    high_steps: str = pa.Field(description="Whole numbers added to that.")
    reason: str | None = pa.Field(description="Why the words are read so.")

    class Config:
        """Where it lies."""

        name = "reference_qualifiers"


class RawReferenceClaimTolerances(_RawTable):
    """One row per row of data/raw/reference/claim_tolerances, verbatim."""

    kind: str = pa.Field(description="Kind of claim.")
    half_units: str = pa.Field(description="Half units of the last significant digit.")
    relative_pct: str = pa.Field(description="Percent of the number, on top.")
    reason: str | None = pa.Field(description="Why.")

    class Config:
        """Where it lies."""

        name = "reference_claim_tolerances"


class RawReferenceWeights(_RawTable):
    """One row per row of data/raw/reference/weights, verbatim."""

    kind: str = pa.Field(description="What kind of statement the row is about.")
    name: str = pa.Field(description="Which one of that kind.")
    error_rate: str = pa.Field(description="How often it is wrong.")
    factor: str = pa.Field(
        description="For a publisher: times as often; for a distance: how far off."
    )
    reason: str | None = pa.Field(description="Why.")

    class Config:
        """Where it lies."""

        name = "reference_weights"


class RawReferencePublishers(_RawTable):
    """One row per row of data/raw/reference/publishers, verbatim."""

    publisher: str = pa.Field(description="Publisher, as in data/raw/sources.")
    kind: str = pa.Field(description="official, press or aggregator.")
    reason: str | None = pa.Field(description="Why.")

    class Config:
        """Where it lies."""

        name = "reference_publishers"


class RawReferenceCorrections(_RawTable):
    """One row per row of data/raw/reference/corrections, verbatim."""

    figure_id: str = pa.Field(description="Figure to correct.")
    expected_value: str = pa.Field(description="What it says; else the correction does not apply.")
    corrected_value: str = pa.Field(description="What it should say.")
    reason: str = pa.Field(description="Why.")
    corrected_on: str = pa.Field(description="When the correction was written.")

    class Config:
        """Where it lies."""

        name = "reference_corrections"


class RawReferenceAcknowledged(_RawTable):
    """One row per row of data/raw/reference/acknowledged, verbatim."""

    finding_id: str = pa.Field(description="Finding that is accepted.")
    expect: str = pa.Field(description="The values that it is accepted for.")
    reason: str = pa.Field(description="Why.")
    who: str = pa.Field(description="Who accepts it.")
    acknowledged_on: str = pa.Field(description="When.")

    class Config:
        """Where it lies."""

        name = "reference_acknowledged"


class RawReferenceNationalities(_RawTable):
    """One row per row of data/raw/reference/nationalities, verbatim."""

    category: str = pa.Field(description="Code beyond ISO 3166.")
    label: str = pa.Field(description="Name in words.")
    contains: str = pa.Field(description="Codes that it counts together, parted by `;`.")
    description: str | None = pa.Field(description="What it means.")

    class Config:
        """Where it lies."""

        name = "reference_nationalities"


class RawReferenceMemberships(_RawTable):
    """One row per row of data/raw/reference/memberships, verbatim."""

    group_category: str = pa.Field(description="Code that counts several together.")
    member_category: str = pa.Field(description="Code that it counts.")
    from_date: str = pa.Field(description="First day, YYYY-MM-DD; empty where open.")
    until_date: str = pa.Field(description="Last day, YYYY-MM-DD; empty where open.")
    reason: str | None = pa.Field(description="Why.")

    class Config:
        """Where it lies."""

        name = "reference_memberships"


class RawReferenceGeographies(_RawTable):
    """One row per row of data/raw/reference/geographies, verbatim."""

    geography: str = pa.Field(description="Code beyond ISO 3166.")
    label: str = pa.Field(description="Name in words.")
    description: str | None = pa.Field(description="What it means.")

    class Config:
        """Where it lies."""

        name = "reference_geographies"


class RawReferenceFiles(_RawTable):
    """One row per row of data/raw/reference/files, verbatim."""

    path: str = pa.Field(description="File below data/raw, or a folder with `/` at its end.")
    setting: str = pa.Field(description="encoding, delimiter, header_row, sheet, numbers or dates.")
    value: str = pa.Field(description="How the file is written.")
    reason: str | None = pa.Field(description="Why, for people.")

    class Config:
        """Where it lies."""

        name = "reference_files"


class RawIso3166(_RawTable):
    """One row per country of ISO 3166, present or past, as the package pycountry has it."""

    alpha_3: str = pa.Field(description="ISO 3166 alpha-3 code.")
    name: str = pa.Field(description="Common name where there is one, else the official one.")
    is_former: str = pa.Field(description="yes for ISO 3166-3, no for ISO 3166-1.")

    class Config:
        """Where it lies."""

        name = "iso_3166"


class RawRejectedRow(pa.DataFrameModel):
    """One row per record of a file that could not be read."""

    dataset: str = pa.Field(description="Raw table that it would have gone to.")
    file: str = pa.Field(description="File, relative to the raw folder.")
    row_number: int = pa.Field(description="Row in the file as a spreadsheet counts; header is 1.")
    column_name: str = pa.Field(nullable=True, description="Column at fault, where there is one.")
    raw_text: str = pa.Field(nullable=True, description="What stood there.")
    reason: str = pa.Field(description="What was wrong and what was expected.")
    row_text: str = pa.Field(nullable=True, description="The record, verbatim.")

    class Config:
        """Where it lies."""

        name = "rejected_row"
