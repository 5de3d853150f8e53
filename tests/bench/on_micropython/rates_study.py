"""The study behind core/rates.py: alerts and false ones by rate and window, as docs/limits.md tells.

python tests/bench/on_micropython/rates_study.py
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
for folder in ("firmware", "tests/firmware/mp", "tests/firmware/mp/support"):
    sys.path.insert(0, str(ROOT / folder))

import test_rates  # noqa: E402
from core import rates  # noqa: E402
from core.judge import Judge  # noqa: E402

TRIED = ((320, 8), (80, 1), (80, 2), (80, 3), (80, 4), (10, 1))
MINUTES = 5


def false_warnings(rate_sps: int, aim_mn: int) -> float:
    """Warnings a minute of a press held at a force with 3 % of tremor at 9.5 Hz and 6 % of slow wander."""

    def force(t_us: int) -> float:
        tremor = 0.03 * math.sin(t_us * 2 * math.pi * 9.5e-6)
        wander = 0.06 * math.sin(t_us * 2 * math.pi * 0.3e-6)
        return aim_mn * min(1, t_us / 2_000_000) * (1 + tremor + wander)

    chain = test_rates.Chain(rate_sps, force)
    count = 0
    chain.run(3000)
    for _ in range(MINUTES * 60 * rate_sps):
        chain.step()
        count += bool(chain.judge.news & (Judge.NEWS_WARN | Judge.NEWS_OVER))
    return count / MINUTES


def main() -> None:
    """Print a row for each rate and window."""
    test_rates.NOISE_MN[10] = 0.8
    test_rates.PHASES = 20
    print("samples/s window | over ms | warn at 5, 10 N/s ms | false a minute at 1.8, 1.9 N")
    for rate, window in TRIED:
        rates.RATES[rate] = (window, *rates.RATES[rate][1:])
        over = max(test_rates._late_ms(rate, n_s, over=True) for n_s in (2, 5, 10, 20))
        warn = [test_rates._late_ms(rate, n_s, over=False) for n_s in (5, 10)]
        false = [false_warnings(rate, aim_mn) for aim_mn in (1800, 1900)]
        print(f"{rate} {window} | {over:.0f} | {warn[0]:.0f} {warn[1]:.0f} | {false[0]:.0f} {false[1]:.0f}")


if __name__ == "__main__":
    main()
