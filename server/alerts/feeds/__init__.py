"""The feeds that may bring alerts, the hosts that they may lie on, and the codes by which areas mean sites."""
