"""How much memory a process takes, pages it shares with others counted in part."""

from pathlib import Path


def pss_mb(process: int | str = "self") -> float:
    """The proportional set size in MB, from proc(5)'s smaps_rollup."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    line = next(line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def peak_mb() -> float:
    """The most this program has had resident at a time, in MB, from proc(5)'s status.

    getrusage(2) would give the peak of whoever started the program, if that was higher.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
