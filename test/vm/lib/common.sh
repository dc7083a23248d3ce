# shellcheck shell=bash
# What the scripts of the test VM share: places, messages, the list of kernels. Sourced, never run.

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
REPOSITORY=$(cd "$VM_DIR/../.." && pwd -P)
CACHE=${GATEHOUSE_VM_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/gatehouse/vm}

# Exit codes beyond the guest command's own. The same two numbers as timeout(1) and docker(1) use.
# shellcheck disable=SC2034  # read by the scripts that source this
readonly EXIT_TIMEOUT=124 EXIT_VM_FAILED=125

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
    say "$*"
    exit "$EXIT_VM_FAILED"
}

# Prints "name suite package" of each kernel, without comments and empty lines.
kernel_lines() { sed -E -e 's/#.*//' -e '/^[[:space:]]*$/d' "$VM_DIR/kernels.list"; }

kernel_names() { kernel_lines | awk '{ print $1 }'; }

# Prints "suite package" of one kernel, or ends the script with the names there are.
kernel_source() {
    local line
    line=$(kernel_lines | awk -v name="$1" '$1 == name { print $2, $3 }')
    [[ -n $line ]] || die "no kernel '$1' in test/vm/kernels.list; there are: $(kernel_names | tr '\n' ' ')"
    printf '%s\n' "$line"
}

require_tools() {
    local tool
    for tool in "$@"; do
        command -v "$tool" >/dev/null || die "'$tool' is missing: run tools/install-packages vm"
    done
}
