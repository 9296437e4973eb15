"""How much memory this process takes, pages it shares with others counted in part."""

from pathlib import Path


def pss_mb() -> float:
    """The proportional set size in MB, from proc(5)'s smaps_rollup."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024
