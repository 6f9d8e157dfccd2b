#!/bin/sh
# The part of a release that only a Mac can make: the app, signed and notarized, for both chips, and what updates look for.
#   sh build/release/mac.sh          all of it, into dist/release
#   sh build/release/mac.sh --check  only whether this machine has what it takes
set -eu
cd "$(dirname "$0")/../.."
out=dist/release

fail() { echo "mac.sh: $*" >&2; exit 1; }
step() { printf '\n== %s\n' "$*"; }

check() {
  [ "$(uname)" = Darwin ] || fail "this needs a Mac: Apple's signatures, notarizing and disk images are made by its own tools"
  for tool in node npm security codesign spctl; do
    command -v "$tool" >/dev/null || fail "$tool is missing"
  done
  xcrun --find notarytool >/dev/null 2>&1 || fail "notarytool is missing: xcode-select --install"
  if [ -z "${CSC_LINK:-}" ]; then
    security find-identity -v -p codesigning | grep -q 'Developer ID Application' ||
      fail "there is no Developer ID Application in the keychain, and CSC_LINK names none"
  fi
  if [ -n "${APPLE_API_KEY:-}" ]; then
    [ -n "${APPLE_API_KEY_ID:+${APPLE_API_ISSUER:-}}" ] ||
      fail "notarizing with APPLE_API_KEY also needs APPLE_API_KEY_ID and APPLE_API_ISSUER"
  elif [ -n "${APPLE_ID:-}" ]; then
    [ -n "${APPLE_APP_SPECIFIC_PASSWORD:+${APPLE_TEAM_ID:-}}" ] ||
      fail "notarizing with APPLE_ID also needs APPLE_APP_SPECIFIC_PASSWORD and APPLE_TEAM_ID"
  elif [ -z "${APPLE_KEYCHAIN_PROFILE:-}" ]; then
    fail "notarizing needs an account: APPLE_API_KEY, APPLE_ID or APPLE_KEYCHAIN_PROFILE"
  fi
  [ -n "${TOASTER_UPDATE_URL:-}" ] ||
    echo "mac.sh: TOASTER_UPDATE_URL is not set: this app will not look for updates, and there will be no feed" >&2
}

check
[ "${1:-}" = --check ] && exit

step 'Install what package-lock.json names'
npm run --silent setup

step 'Pack, sign and notarize the app for each chip: a dmg for people, a zip for updates'
for arch in arm64 x64; do
  rm -rf "out/packed/darwin-$arch"
  npm run --silent pack -- --platform darwin --arch "$arch"
done

step 'Look at signatures and tickets'
for app in out/packed/darwin-*/mac*/Toaster.app; do
  codesign --verify --deep --strict "$app"
  spctl --assess --type execute --verbose "$app"
  xcrun stapler validate "$app"
done

step 'Collect them, with one update feed for both chips'
mkdir -p "$out"
cp out/packed/darwin-*/Toaster-*.dmg out/packed/darwin-*/Toaster-*.zip "$out"
if [ -n "${TOASTER_UPDATE_URL:-}" ]; then
  npx node build/release/merge-feed.ts "$out/latest-mac.yml" out/packed/darwin-*/latest-mac.yml
fi

step 'Make the rest of the release: packages, cask, sums'
npm run --silent release

step 'Left to do by hand'
echo "Open the dmg on a Mac that has never seen Toaster, and start the app from it."
echo "Upload $out to ${TOASTER_RELEASE_URL:-where people fetch releases}."
[ -z "${TOASTER_UPDATE_URL:-}" ] || echo "Upload the zips, then latest-mac.yml, to $TOASTER_UPDATE_URL."
