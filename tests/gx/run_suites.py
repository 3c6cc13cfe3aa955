"""What a user of Great Expectations does with the exported context; not a test by itself."""

import json
import sys

import great_expectations as gx

context = gx.get_context(mode="file", project_root_dir=sys.argv[1])
from reported_figures_expectations import frame  # noqa: E402  # type: ignore[import-not-found]

verdicts = {}
for table in sys.argv[2:]:
    definition = context.validation_definitions.get(table)
    result = definition.run(batch_parameters={"dataframe": frame(definition.name)})
    verdicts[definition.name] = {
        one.expectation_config.meta["check_name"]: "broke"
        if one.exception_info.get("raised_exception")
        else one.success
        for one in result.results
    }
print(json.dumps(verdicts))
