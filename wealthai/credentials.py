"""Secrets as systemd hands them over: files in a folder that only this service can read.

`LoadCredential=env:/etc/wealthai-crm/credentials` gives each file of that folder under the name
`env_NAME`. Any variable may come so; environments are shown by too many tools.
"""

from collections.abc import MutableMapping
from pathlib import Path

PREFIX = "env_"


def name_files(environment: MutableMapping[str, str]) -> None:
    """Sets NAME_FILE for each, which wins over a NAME in the settings file."""
    if folder := environment.get("CREDENTIALS_DIRECTORY"):
        for file in Path(folder).glob(f"{PREFIX}*"):
            environment[f"{file.name.removeprefix(PREFIX)}_FILE"] = str(file)
