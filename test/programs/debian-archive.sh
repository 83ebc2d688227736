# Sourced by the scripts that fetch what tests need from Debian's archive. Leaves apt's configuration as it is.
# Sets `work`, a folder that goes with the script, and `apt`, an apt-get that knows packages of the type $1: deb, deb-src.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,cache/archives}/partial

# The mirror that this machine already uses; its security mirror has other suites.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
[[ -n $mirror ]] || { echo 'apt knows no package mirror: run apt-get update first' >&2; exit 1; }
echo "$1 [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bookworm main" > "$work/sources.list"
apt=(apt-get -qq -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
	-o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root)
"${apt[@]}" update
