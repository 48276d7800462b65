#!/bin/sh
# Makes the virtual environment and installs a list of requirements into it: scripts/setup.sh requirements.txt
# PYTHON chooses the interpreter; otherwise the machine's python3 is taken, or the newest one that is new enough.
set -eu
cd "$(dirname "$0")/.."

requirements=$1
venv=.venv

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        new_enough "$PYTHON" && echo "$PYTHON" && return
        echo "PYTHON=$PYTHON is not Python 3.11 or newer." >&2
        exit 1
    fi
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null && new_enough "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "EduPlatform needs Python 3.11 or newer, and none was found. Install it, or name it: make run PYTHON=/path/to/python3" >&2
    exit 1
}

make_venv() {
    python=$1
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv "$venv"
        return
    fi
    # Debian and its relatives ship Python without ensurepip: another pip can stand in for it.
    if "$python" -m pip --version >/dev/null 2>&1 && "$python" -c 'import venv' 2>/dev/null; then
        "$python" -m venv --without-pip "$venv"
        "$python" -m pip --python "$venv/bin/python" install -qq --disable-pip-version-check pip && return
        rm -rf "$venv"
    fi
    if "$python" -m virtualenv --version >/dev/null 2>&1; then
        "$python" -m virtualenv --quiet "$venv"
        return
    fi
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "This Python cannot make virtual environments (its module ensurepip is missing)." >&2
    echo "On Debian and Ubuntu install it with: apt-get install python$version-venv   Then run make again." >&2
    exit 1
}

if ! [ -x "$venv/bin/python" ] || ! new_enough "$venv/bin/python"; then
    python=$(find_python)
    echo "Making the virtual environment in $venv …"
    rm -rf "$venv"
    make_venv "$python"
fi

echo "Installing $requirements (the first time takes about a minute) …"
"$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --requirement "$requirements"
