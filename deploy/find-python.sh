#!/bin/sh
# Prints a python3 of 3.11 or later. For root, one that other accounts can run too, since nothing here runs as root.
# PYTHON=… in the environment decides alone.

open_to_all() {
    place=$(readlink -f "$1") || return 1
    while [ "$place" != / ]; do
        place=$(dirname "$place")
        case $(stat -c %A "$place") in
        *x | *t) ;;
        *) return 1 ;;
        esac
    done
}

fits() {
    command -v "$1" >/dev/null 2>&1 && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if [ -n "$PYTHON" ]; then
    fits "$PYTHON" && { command -v "$PYTHON"; exit; }
    echo "PYTHON=$PYTHON is not a Python of 3.11 or later." >&2
    exit 1
fi
fallback=
for name in python3 python3.14 python3.13 python3.12 python3.11 /usr/local/bin/python3 /usr/bin/python3; do
    fits "$name" || continue
    path=$("$name" -c 'import sys; print(sys.executable)')
    if [ "$(id -u)" -ne 0 ] || open_to_all "$path"; then
        echo "$path"
        exit
    fi
    fallback=${fallback:-$path}
done
if [ -n "$fallback" ]; then
    echo "$fallback"
    exit
fi
echo "Coopdesk needs python3 of 3.11 or later. On Debian and Ubuntu: apt-get install python3 python3-venv" >&2
exit 1
