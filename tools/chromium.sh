#!/bin/sh
# Browser tests need a Chromium: uses the one that is there, installs Debian's where it may, and says plainly where it may not.
for name in "${KENTONGAN_CHROMIUM:-}" chromium chromium-browser google-chrome; do
  if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "· Installing Debian's Chromium for the browser tests"
  if apt-get update -qq >/dev/null 2>&1 && apt-get install -y -qq --no-install-recommends chromium >/dev/null 2>&1; then exit 0; fi
fi
echo "· No Chromium here and it cannot be installed: the browser tests will be skipped, and say so. (Debian: apt-get install chromium)"
