# Functions that the scripts share. Needs bash, coreutils, python, node and npm.
# A stamp is a file that holds the checksum of what was installed. It is written last,
# so that whatever was interrupted is done again.
# shellcheck shell=bash

cd "$(dirname "${BASH_SOURCE[0]}")/.."

VENV=.venv
VENV_PYTHON=$VENV/bin/python
MINIMUM_PYTHON=3.11
MINIMUM_NODE=20
MINIMUM_DISK_MB=500
WORD_LIST=static/words/words.list

say() { printf '%s\n' "$*"; }

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

checksum() {
	local line
	if command -v sha256sum >/dev/null; then line=$(sha256sum -- "$1"); else line=$(shasum -a 256 -- "$1"); fi
	printf '%s' "${line%% *}"
}

# stamped STAMP FILE: was this very FILE installed?
stamped() { [[ -f $1 && $(<"$1") == "$(checksum "$2")" ]]; }

# newer_than FILE PATH...: is anything under one of the paths newer than FILE, or FILE missing?
newer_than() {
	local file=$1 path
	shift
	[[ -e $file ]] || return 0
	for path in "$@"; do
		if [[ -d $path ]]; then
			# The folder itself tells of files that were removed.
			[[ $path -nt $file ]] && return 0
			newer_than "$file" "$path"/* && return 0
		elif [[ -e $path && $path -nt $file ]]; then
			return 0
		fi
	done
	return 1
}

# quietly COMMAND...: shows what it printed only when it fails.
quietly() {
	local output
	if ! output=$("$@" 2>&1); then
		printf '%s\n' "$output" >&2
		return 1
	fi
}

python_is_new_enough() {
	"$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < tuple(map(int, sys.argv[1].split("."))))' \
		"$MINIMUM_PYTHON" >/dev/null 2>&1
}

# find_python: sets SYSTEM_PYTHON to the python that makes the environment, or stops.
find_python() {
	local candidate version found=
	if [[ -n ${PYTHON:-} ]]; then
		command -v "$PYTHON" >/dev/null || die "PYTHON=$PYTHON: there is no such programme."
		set -- "$PYTHON"
	else
		set -- python3.13 python3.12 python3.11 python3
	fi
	for candidate in "$@"; do
		command -v "$candidate" >/dev/null || continue
		if python_is_new_enough "$candidate"; then
			SYSTEM_PYTHON=$candidate
			return
		fi
		version=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
		found="$candidate is $version"
		"$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' &&
			found="$candidate is $version but lacks the venv module (Debian: apt install python3-venv)"
	done
	die "Python $MINIMUM_PYTHON or newer is needed; ${found:-no python3 was found}. PYTHON=/path/to/python points to another one."
}

check_node() {
	local version
	command -v node >/dev/null || die "Node $MINIMUM_NODE or newer is needed; no 'node' was found."
	version=$(node --version 2>/dev/null) || die "Node $MINIMUM_NODE or newer is needed; 'node --version' fails."
	version=${version#v}
	[[ ${version%%.*} =~ ^[0-9]+$ ]] && ((${version%%.*} >= MINIMUM_NODE)) ||
		die "Node $MINIMUM_NODE or newer is needed; this is Node $version."
	command -v npm >/dev/null || die "npm is needed to fetch the front-end packages; no 'npm' was found."
}

check_disk() {
	local line available
	# The second line of df -P is: device, size, used, available, ...
	{ read -r line; read -r _ _ _ available _; } < <(df -Pk .)
	((available / 1024 >= MINIMUM_DISK_MB)) ||
		die "Only $((available / 1024)) MB of disk space is free in $PWD; installing needs $MINIMUM_DISK_MB MB."
}

# ensure_python_packages LOCK STAMP: an environment that holds at least the packages of LOCK.
ensure_python_packages() {
	local lock=$1 stamp=$VENV/$2 unfinished=$VENV/.unfinished
	[[ -f $lock ]] || die "$lock is missing."
	if stamped "$stamp" "$lock" && [[ ! -e $unfinished && -x $VENV_PYTHON ]]; then return; fi
	check_disk
	# An interrupted pip can leave a package that looks installed and is not: start afresh then.
	if [[ -e $unfinished ]] || ! python_is_new_enough "$VENV_PYTHON" ||
		! "$VENV_PYTHON" -m pip --version >/dev/null 2>&1; then
		say "Making a Python environment in $VENV ..."
		mkdir -p "$VENV"
		quietly "$SYSTEM_PYTHON" -m venv --clear "$VENV" || die "The Python environment could not be made in $VENV."
	fi
	rm -f "$stamp"
	: >"$unfinished"
	say "Installing the Python packages of $lock ..."
	quietly "$VENV_PYTHON" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock" ||
		die "The Python packages of $lock could not be installed; the lines above say why."
	rm -f "$unfinished"
	checksum "$lock" >"$stamp"
}

ensure_node_packages() {
	local stamp=node_modules/.lock-checksum
	[[ -f package-lock.json ]] || die "package-lock.json is missing."
	stamped "$stamp" package-lock.json && return
	check_disk
	say "Installing the front-end packages of package-lock.json ..."
	rm -f "$stamp"
	quietly npm ci --no-audit --no-fund --loglevel=error ||
		die "The front-end packages could not be installed; the lines above say why."
	checksum package-lock.json >"$stamp"
}

ensure_front_end() {
	ensure_node_packages
	local path sources=(package.json package-lock.json)
	for path in static/*; do [[ $path == static/build ]] || sources+=("$path"); done
	[[ ! -f $WORD_LIST ]] || newer_than static/build/manifest.json "${sources[@]}" || return 0
	say "Building the front end ..."
	quietly npm run --silent build || die "The front end could not be built; the lines above say why."
	[[ -f static/build/manifest.json ]] || die "The front end was built, but static/build/manifest.json is missing."
	[[ -f $WORD_LIST ]] || die "The front end was built, but the word list $WORD_LIST is missing."
}

ensure_translations() {
	local source
	for source in translations/*/LC_MESSAGES/messages.po; do
		[[ -f $source ]] || continue
		newer_than "${source%.po}.mo" "$source" || continue
		quietly "$VENV_PYTHON" -m babel.messages.frontend compile --input-file "$source" --output-file "${source%.po}.mo" \
			--locale "$(basename "$(dirname "$(dirname "$source")")")" || die "$source could not be compiled."
	done
}
