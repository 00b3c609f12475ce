"""``python -m bench [all|nlu|languages|risk|runtime|stock|whatsapp]``."""

from __future__ import annotations

import subprocess
import sys

from bot.cli.quiet import prepare

PARTS = ("nlu", "risk", "languages", "runtime", "stock", "whatsapp")


def main() -> int:
    """Run the named parts, print their tables and write ``var/bench.json``."""
    asked = sys.argv[1] if len(sys.argv) > 1 else "all"
    if asked not in ("all", *PARTS):
        print(f"bench: part {asked!r} is unknown; use all, {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if asked == "stock":
        from bench.stock import run as run_stock

        run_stock()
        return 0
    if asked == "whatsapp":
        from bench.report import add_figures as add
        from bench.whatsapp import measure_webhook

        add(measure_webhook())
        return 0
    if asked == "all":
        for part in ("stock", "whatsapp"):
            subprocess.run([sys.executable, "-W", "ignore", "-m", "bench", part], check=True)
    prepare()
    from bench.languages import compare_detectors
    from bench.matchers import compare_matchers
    from bench.report import add_figures
    from bench.runtime import measure as measure_runtime
    from bench.understanding import measure

    if asked in ("all", "nlu"):
        add_figures(measure())
    if asked in ("all", "risk"):
        add_figures(compare_matchers())
    if asked in ("all", "languages"):
        add_figures(compare_detectors())
    if asked in ("all", "runtime"):
        add_figures(measure_runtime())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
