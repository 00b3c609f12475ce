#!/usr/bin/env bash
# Makes .venv with Python 3.10 and the locked packages; does nothing when both are up to date.
# Needs git, make and any Python 3 with pip or venv. Nothing is installed outside this folder.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=.tools/bin/uv

if [ ! -x "$uv" ]; then
  if command -v uv >/dev/null 2>&1; then
    mkdir -p .tools/bin && ln -sf "$(command -v uv)" "$uv"
  else
    echo "· fetching uv into .tools"
    python3 -m venv .tools >/dev/null 2>&1 && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv \
      || { rm -rf .tools; python3 -m pip install --quiet --disable-pip-version-check --target .tools uv; }
  fi
fi

mark=.venv/.synced
want=$(cat requirements.lock .python-version pyproject.toml | sha256sum | cut -d' ' -f1)
if [ ! -x .venv/bin/python ] || [ "$(cat "$mark" 2>/dev/null || true)" != "$want" ]; then
  echo "· Python $(cat .python-version) and the locked packages into .venv (about half a minute)"
  [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$(cat .python-version)" .venv
  "$uv" pip sync --quiet --python .venv/bin/python --require-hashes requirements.lock
  "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
  echo "$want" > "$mark"
fi
