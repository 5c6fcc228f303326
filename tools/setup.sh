#!/bin/sh
# Makes .venv with the locked packages, the front-end files and the translations. `tools/setup.sh run|dev`; does only what is missing.
set -eu
what="${1:-dev}"
say() { printf '%s\n' "· $1"; }

python="${PYTHON:-python3}"
"$python" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' || { say "Kentongan needs Python 3.11 or newer; $python is older. Set PYTHON to a newer one."; exit 1; }

if [ ! -x .venv/bin/python ]; then
  say "Making a virtual environment in .venv"
  if ! "$python" -m venv .venv 2>/dev/null; then
    rm -rf .venv
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      say "Installing Debian's python3-venv"
      apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
      "$python" -m venv .venv
    else
      say "Python has no venv module. Install it (Debian: apt-get install python3-venv) and run this again."; exit 1
    fi
  fi
fi

stamp() { cat "requirements/$1.lock" pyproject.toml | cksum; }
fresh() { [ -f ".venv/.$1" ] && [ "$(cat ".venv/.$1")" = "$(stamp "$1")" ]; }
if ! fresh "$what" && ! { [ "$what" = run ] && fresh dev; }; then
  say "Installing the locked Python packages ($what)"
  .venv/bin/python -m pip --disable-pip-version-check install --quiet --require-hashes --requirement "requirements/$what.lock" --no-warn-script-location
  .venv/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation --no-warn-script-location --editable .
  stamp "$what" > ".venv/.$what"
fi

if [ -f tools/assets.py ]; then .venv/bin/python tools/assets.py "$what"; fi
if [ -f tools/translations.py ]; then .venv/bin/python tools/translations.py compile; fi
