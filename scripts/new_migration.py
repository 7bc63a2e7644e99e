"""Write the baseline migration anew from the tables (until the first release there is one baseline)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from alembic import command
from alembic.config import Config

from server.db import Database

HERE = Path(__file__).parent.parent / "server" / "migrations"

with tempfile.TemporaryDirectory() as folder:
    url = f"sqlite:///{folder}/empty.sqlite3"
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["engine"] = Database(url).engine
    for old in (HERE / "versions").glob("*.py"):
        old.unlink()
    command.revision(config, "Baseline schema", autogenerate=True, rev_id="0001")
