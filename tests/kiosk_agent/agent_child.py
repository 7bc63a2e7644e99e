"""An agent with a fake player, to be killed: python -m tests.kiosk_agent.agent_child FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk_agent.agent import Agent
from kiosk_agent.settings import Settings
from kiosk_agent.store import credential
from tests.kiosk_agent.fake_player import FakePlayer

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    Agent(Settings(data_dir=folder, poll_s=1), credential.load(folder), FakePlayer).run()
