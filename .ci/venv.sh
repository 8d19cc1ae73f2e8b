#!/bin/sh
# Makes the private environment that the Makefile works in, and keeps it fresh.
#
#   .ci/venv.sh            .venv with usagetop (editable) and what it needs to run
#   .ci/venv.sh test       ... and what its tests and checks need
#   .ci/venv.sh bare DIR   an empty environment with pip in DIR
#
# Takes the first Python 3.11 or newer that can make environments, else uv; says what to install where there
# is neither. Quick when there is nothing to do: it compares one file and starts no Python.
set -eu

# A checkout on the CDPATH would make cd print; pip settings for other places than an environment would
# install past it. Where to look for packages, proxies, certificates and constraints stay the caller's.
unset CDPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_NO_BUILD_ISOLATION PIP_REQUIRE_HASHES PYTHONHOME
export PIP_USER=no PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

say() { printf '%s\n' "$*" >&2; }

# fits PYTHON: it is new enough and can make an environment with pip.
fits() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11)); ' >/dev/null 2>&1 &&
        "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

# create DIR: an environment with pip.
create() {
    rm -rf "$1"
    for python in python3 python3.13 python3.12 python3.11 python3.14 python; do
        if fits "$python" && "$python" -m venv "$1" >/dev/null 2>&1; then
            return
        fi
        rm -rf "$1"
    done
    if command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --python '>=3.11' "$1" </dev/null; then
        return
    fi
    rm -rf "$1"
    say 'usagetop needs Python 3.11 or newer with venv and pip (on Debian and Ubuntu: apt install python3-venv), or uv.'
    exit 1
}

# The stamp holds what was installed from: the place of the checkout and pyproject.toml. An environment
# neither moves with its checkout nor outlives its interpreter.
stamp() { printf '%s\n' "$root" && cat pyproject.toml; }
fresh() { [ -x .venv/bin/python ] && [ -f "$1" ] && stamp | cmp -s - "$1"; }

# install WHAT: twice quiet, for pip's warnings name places of the machine; what fails is still told.
install() {
    .venv/bin/python -m pip install --quiet --quiet --editable "$1" </dev/null
}

case "${1:-run}" in
bare)
    create "$2"
    exit
    ;;
run)
    what=. done=.venv/usagetop-run.stamp
    # What the tests need contains what a run needs.
    if fresh .venv/usagetop-test.stamp; then exit; fi
    ;;
test) what='.[test]' done=.venv/usagetop-test.stamp ;;
*)
    say "usage: venv.sh [test | bare DIR]"
    exit 2
    ;;
esac

if fresh "$done"; then exit; fi
# Kept: a whole environment of this very checkout, to which an install only adds.
place=$(cat .venv/usagetop-*.stamp 2>/dev/null | head -n 1)
if [ "$place" != "$root" ] || ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say 'Making .venv (once) ...'
    create .venv
fi
say 'Installing what usagetop needs into .venv ...'
rm -f "$done"
install "$what"
stamp >"$done"
