#!/usr/bin/env bash
# Fetches the sources of PHP libraries whose own tests Igor's PHP is to pass, as Debian has them: their packages come without
# tests. To .cache/sources/NAME. Usage: test/programs/fetch-sources.sh PACKAGE…
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

sources=$PWD/.cache/sources
mkdir -p "$sources"
source test/programs/debian-archive.sh deb-src

for package in "$@"; do
	[[ -e $sources/$package ]] && continue
	mkdir "$work/$package"
	(cd "$work/$package" && "${apt[@]}" source --download-only "$package")
	mkdir "$work/$package/unpacked"
	tar --extract --strip-components=1 --directory="$work/$package/unpacked" --file "$work/$package"/*.orig.tar.[gx]z
	mv "$work/$package/unpacked" "$sources/$package"
done
