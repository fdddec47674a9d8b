"""How is a speed taken? Ours and the baseline in turns; the medians and their ratio on one line."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from time import perf_counter


def seconds(work: Callable[[], object]) -> float:
    """How long the work took."""
    start = perf_counter()
    work()
    return perf_counter() - start


def heading(text: str) -> None:
    print(f"\n{text}", flush=True)


def line(name: str, unit: str, ours: list[float], base: list[float], baseline: str) -> None:
    """One measurement: speeds of ours and of the baseline, and what share of it we reach."""
    mine, theirs = median(ours), median(base)
    spread = f"{min(ours):,.0f}–{max(ours):,.0f}"
    print(
        f"  {name:<22} {mine:>9,.0f} {unit:<10} ({spread:>15})"
        f"  {mine / theirs:>6.1%} of {theirs:,.0f} {baseline}",
        flush=True,
    )
