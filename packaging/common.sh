# SPDX-FileCopyrightText: The Rankscope developers
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
#
# What the scripts in this folder share; sourced, never run. Sets `root` to the top of the project.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
script=${0##*/}

# say LINE: to stderr, so that a script's output stays its result.
say() { printf '%s: %s\n' "$script" "$*" >&2; }

# fail LINE: one line, and exit 1.
fail() { say "$*"; exit 1; }

# absolute PATH: prints it from the root, links in it as they are: a folder that is reached through one has the name that
# people know it by.
absolute() {
    if [[ $1 == /* ]]; then printf '%s' "$1"; else printf '%s' "$PWD/$1"; fi
}

# cacheFolder: prints the folder for what can be fetched or made again. A relative XDG_CACHE_HOME is to be ignored, says its
# specification.
cacheFolder() {
    local base=${XDG_CACHE_HOME-}
    if [[ $base != /* ]]; then
        [[ -n ${HOME-} ]] || fail "no cache folder: neither HOME nor XDG_CACHE_HOME is set"
        base=$HOME/.cache
    fi
    printf '%s' "$base/rankscope"
}

# build PRESET [TARGET…]: configures the preset and builds its targets, all of them if none is named; says nothing at all
# when they are up to date.
build() {
    local preset=$1 folder=$root/build/$1
    shift
    if [[ ! -f $folder/build.ninja ]]; then
        say "configuring preset $preset in $folder"
        (cd -- "$root" && cmake --preset "$preset" >&2) || fail "configuring preset $preset failed: see the lines above"
    fi
    # A dry run costs a tenth of a second, and it does not re-run CMake.
    if [[ $(ninja -C "$folder" -n "$@" 2>/dev/null | tail -n 1) != "ninja: no work to do." ]]; then
        say "building preset $preset"
        ninja -C "$folder" "$@" >&2 || fail "building preset $preset failed: see the lines above"
    fi
}
