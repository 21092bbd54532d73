#!/bin/sh
# What the build stage of the Dockerfile runs. It needs Node and npm alone, so that it is proved without an engine
# (deploy/check-images.mjs). Run in the root of the sources:
#   deploy/build-app.sh fetch       downloads the packages that the lockfile names
#   deploy/build-app.sh build OUT   builds, and puts each app with what it needs into OUT/api, OUT/worker, OUT/dashboard
set -eu
export CI=true

# The version that package.json pins.
pnpm() { npx --yes "$(node -p 'require("./package.json").packageManager')" "$@"; }

fetch() { pnpm fetch; }

build() {
  out=$1
  pnpm install --frozen-lockfile --offline
  node_modules/.bin/tsc -b apps/api apps/worker apps/dashboard
  for app in api worker dashboard; do
    # Over a folder that is in use, a half of each would be left when this fails.
    if [ -e "$out/$app" ]; then
      echo "$out/$app is there already" >&2
      exit 1
    fi
    pnpm --filter "@muster/$app" --prod deploy "$out/$app"
    remove_sources "$out/$app"
  done
}

# What has been built is what runs; the sources and the notes of compiler and installer are for those who build.
remove_sources() {
  for package in "$1" "$1"/node_modules/.pnpm/@muster+*/node_modules/@muster/*; do
    if [ -L "$package" ]; then continue; fi
    rm -rf "$package/src" "$package/test" "$package"/tsconfig*.json "$package"/*.tsbuildinfo
  done
  rm -f "$1/pnpm-lock.yaml" "$1/pnpm-workspace.yaml" "$1/node_modules/.modules.yaml" \
    "$1"/node_modules/.pnpm-workspace-state-*.json "$1/node_modules/.pnpm/lock.yaml"
}

case "${1:-} $#" in
  'fetch 1') fetch ;;
  'build 2') build "$2" ;;
  *)
    echo 'usage: deploy/build-app.sh fetch | deploy/build-app.sh build OUT' >&2
    exit 2
    ;;
esac
