#!/usr/bin/env bash
# Rebuilds the side modules from the C sources: wasm/build/<PHP version>/frankenphp.so, and wasm/build/record.json. What C
# knows of the functions' signatures, functions_arginfo.h, is made from the stubs of php-runtime/ first.
# Usage: wasm/build.sh [8.2|8.4|8.5 ...]     (Debian or a derivative; needs clang-19, lld-19 and node; nothing else is installed)
# The first run downloads PHP's and Emscripten's headers (about 250 MB) and SQLite's source to .cache/headers; later runs need no
# network.
set -euo pipefail
shopt -s extglob
cd "$(dirname "$0")"
headers=$(realpath -m ../.cache/headers)
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
versions=("$@")
[ $# -gt 0 ] || versions=(8.2 8.4 8.5)

# PHP version -> the Debian suite that has its -dev package
declare -A suite_of=([8.2]=bookworm [8.4]=trixie [8.5]=experimental)
declare -A header_versions
sysroot=$headers/emscripten/usr/share/emscripten/cache/sysroot/include
sqlite_headers=$headers/libsqlite3-dev/usr/include

# sjlj and exception handling: PHP's bailout is a longjmp across side modules.
# bulk memory: memcpy() becomes an instruction; php.wasm exports no memcpy to import.
# ZEND_ENABLE_ZVAL_LONG64: PHP_INT_SIZE is 8 on this runtime although a C long has 4 bytes.
# unused-parameter: PHP's callbacks and PHP_FUNCTION prescribe signatures.
compile_flags=(--target=wasm32-unknown-emscripten -nostdlibinc -std=gnu11 -fPIC -O2 -fvisibility=hidden -mbulk-memory
	-mllvm -wasm-enable-sjlj -mexception-handling -Wall -Wextra -Wno-unused-parameter -Werror
	-D__EMSCRIPTEN__ -DZEND_ENABLE_ZVAL_LONG64=1 -DZEND_COMPILE_DL_EXT=1 -DCOMPILE_DL_FRANKENPHP=1)
sqlite_flags=(-Oz -w -DNDEBUG -DSQLITE_ENABLE_FTS3_PARENTHESIS)
link_flags=(-shared --experimental-pic --unresolved-symbols=import-dynamic --no-entry --gc-sections --strip-debug
	--export=get_module --export-if-defined=__wasm_apply_data_relocs --export-if-defined=__wasm_call_ctors)

die() {
	echo "wasm/build.sh: $*" >&2
	exit 1
}

install_toolchain() {
	command -v clang-19 >/dev/null && command -v wasm-ld-19 >/dev/null && return
	[ "$(id -u)" = 0 ] || die "clang-19 or lld-19 is missing. Run as root: apt-get install clang-19 lld-19"
	apt-get update -qq
	apt-get install -qq --no-install-recommends clang-19 lld-19
}

# Fetches packages into the cache without installing them, under an apt configuration of its own: the machine's stays as it is.
unpack_headers() { # suite package..., where source:NAME is the source of one
	local suite=$1 apt_root=$headers/apt mirror package
	shift
	# The mirror this machine already uses; its security mirror has other suites.
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
	[ -n "$mirror" ] || die "apt knows no package mirror: run apt-get update first"
	mkdir -p "$apt_root"/{lists,cache/archives,downloads}
	printf "%s [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main\n" deb deb-src > "$apt_root/$suite.list"
	(
		cd "$apt_root/downloads"
		local apt=(apt-get -qq -o "Dir::Etc::SourceList=$apt_root/$suite.list" -o Dir::Etc::SourceParts=/dev/null
			-o "Dir::State::Lists=$apt_root/lists" -o "Dir::Cache=$apt_root/cache" -o APT::Sandbox::User=root)
		"${apt[@]}" update
		for package in "$@"; do
			if [[ $package == source:* ]]; then
				package=${package#*:}
				"${apt[@]}" source --download-only "$package/$suite"
				mkdir -p "$headers/$package"
				tar --extract --strip-components=1 --directory="$headers/$package" --file="$(echo "${package}"_*.orig.tar.?z)"
				continue
			fi
			"${apt[@]}" download "$package/$suite"
			dpkg --extract "$package"_*.deb "$headers/$package"
		done
	)
	rm -rf "$apt_root"
}

# Debian configured these headers for a 64-bit machine with a register for the VM's state: correct what WASM has differently.
adapt_to_wasm32() { # php_config.h
	sed -E -i \
		-e 's/^(#define SIZEOF_(LONG|SIZE_T|SSIZE_T|PTRDIFF_T)) .*/\1 4/' \
		-e '/^#define (HAVE_GCC_GLOBAL_REGS|ZEND_SIGNALS|HAVE_FPU_CONTROL_H|HAVE__FPU_SETCW|HAVE_FPU_INLINE_ASM_X86)\b/d' "$1"
}

php_headers() { # version; prints the include directory
	local root=$headers/php$1-dev config
	if [ ! -e "$root/.ready" ]; then
		unpack_headers "${suite_of[$1]:-}" "php$1-dev" >&2
		config=$(find "$root" -name php_config.h -print -quit)
		adapt_to_wasm32 "$config"
		touch "$root/.ready"
	fi
	config=$(find "$root" -name php_config.h -print -quit)
	dirname "$(dirname "$config")"
}

# SQLite's own full-text search, as an extension of the SQLite in php.wasm. In the public domain.
build_sqlite_search() {
	local source
	[ -e "$sqlite_headers" ] || unpack_headers trixie source:sqlite3 libsqlite3-dev
	mkdir "$objects/sqlite"
	for source in "$headers"/sqlite3/ext/fts3/fts3*.c; do
		[[ $source == *_@(icu|term|test|unicode2).c ]] || compile "$source" "$objects/sqlite" "${sqlite_flags[@]}"
	done
	# To the other files this would say that they are part of SQLite itself.
	compile "$headers/sqlite3/ext/fts3/fts3_unicode2.c" "$objects/sqlite" "${sqlite_flags[@]}" -DSQLITE_ENABLE_FTS3
	sqlite_version=$(sed -n 's/^#define SQLITE_VERSION *"\(.*\)"/\1/p' "$sqlite_headers/sqlite3.h")
}

compile() { # source, folder of the object, further flags...
	clang-19 "${compile_flags[@]}" "${@:3}" -isystem "$sysroot/compat" -isystem "$sysroot" -isystem "$sqlite_headers" \
		-c "$1" -o "$2/$(basename "$1" .c).o"
}

build() { # version
	local php source
	php=$(php_headers "$1")
	rm -f "$objects"/*.o
	for source in *.c; do
		compile "$source" "$objects" -isystem "$php" -isystem "$php/main" -isystem "$php/Zend" -isystem "$php/TSRM" -isystem "$php/ext"
	done
	mkdir -p "build/$1"
	wasm-ld-19 "${link_flags[@]}" "$objects"/{,sqlite/}*.o -o "build/$1/frankenphp.so"
	chmod 644 "build/$1/frankenphp.so"
	header_versions[$1]=$(sed -n 's/^#define PHP_VERSION "\(.*\)"/\1/p' "$php/main/php_version.h")
	echo "wasm/build/$1/frankenphp.so: $(stat -c %s "build/$1/frankenphp.so") bytes, headers of PHP ${header_versions[$1]}"
}

for version in "${versions[@]}"; do
	[ -n "${suite_of[$version]:-}" ] || die "PHP $version is not supported: ${!suite_of[*]} are"
done
node generate-arginfo.mjs
install_toolchain
[ -d "$sysroot" ] || unpack_headers trixie emscripten
build_sqlite_search
for version in "${versions[@]}"; do
	build "$version"
done
node check-imports.mjs "${versions[@]}"
# A partial build would record fresh sources beside stale modules.
if [ "${#versions[@]}" -eq "${#suite_of[@]}" ]; then
	node freshness.mjs --write "${compile_flags[*]} ${sqlite_flags[*]} ${link_flags[*]}" "${header_versions[@]}" "SQLite $sqlite_version"
else
	echo "Not all versions were built: record.json is unchanged, the freshness check fails until they are."
fi
