"""What Dagster's processes load: `dagster-webserver -m orchestration.workspace`."""

from orchestration.definitions import load_definitions

defs = load_definitions()
