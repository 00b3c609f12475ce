#!/usr/bin/env bash
# Builds widget/widget.js from widget/src: one small file. Needs npm; the result is kept in git, so that running
# the product does not. The first line of the result names the sources it was made of (a test compares them).
set -euo pipefail
cd "$(dirname "$0")/.."
mark=$(cat widget/src/*.js | sha256sum | cut -d' ' -f1)
npx --yes esbuild@0.24.2 widget/src/loader.js --bundle --minify --format=iife --target=es2022 --log-level=warning \
  --legal-comments=none --banner:js="/* Liaison widget; built from widget/src by make widget: $mark */" --outfile=widget/widget.js
printf 'widget/widget.js: %s bytes gzipped\n' "$(gzip -9c widget/widget.js | wc -c)"
