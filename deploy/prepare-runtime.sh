#!/bin/sh
# What the last stage of the Dockerfile runs, as root and in an official Node image:
#   deploy/prepare-runtime.sh ROOT   ROOT is / there; a test gives a folder that looks like it
# Takes out what can download or build, and makes the folder for files on disk, which the image's user `node` owns: a
# volume that is mounted there for the first time takes over the folder's owner.
set -eu
root=${1:?usage: deploy/prepare-runtime.sh ROOT}
root=${root%/}

rm -rf "$root/usr/local/lib/node_modules" "$root/usr/local/include/node" "$root"/opt/yarn-* "$root/root/.npm"
for name in npm npx corepack yarn yarnpkg; do rm -f "$root/usr/local/bin/$name"; done

mkdir -p "$root/var/lib/muster/files"
# 1000 is the user `node` of the image.
chown -R 1000:1000 "$root/var/lib/muster"
chmod 0700 "$root/var/lib/muster/files"
