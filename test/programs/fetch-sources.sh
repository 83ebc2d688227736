#!/usr/bin/env bash
# Fetches the sources of PHP libraries whose own tests Igor's PHP is to pass, as Debian has them: their packages come without
# tests. To .cache/sources/NAME; apt's configuration stays as it is. Usage: test/programs/fetch-sources.sh PACKAGE…
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

sources=$PWD/.cache/sources
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$sources" "$work"/{lists,cache/archives}/partial

# The mirror that this machine already uses; its security mirror has other suites.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
[[ -n $mirror ]] || { echo 'apt knows no package mirror: run apt-get update first' >&2; exit 1; }
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > "$work/sources.list"
apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
"${apt[@]}" update

for package in "$@"; do
	[[ -e $sources/$package ]] && continue
	mkdir "$work/$package"
	(cd "$work/$package" && "${apt[@]}" source --download-only "$package")
	mkdir "$work/$package/unpacked"
	tar --extract --strip-components=1 --directory="$work/$package/unpacked" --file "$work/$package"/*.orig.tar.[gx]z
	mv "$work/$package/unpacked" "$sources/$package"
done
