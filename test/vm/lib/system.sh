# shellcheck shell=bash
# A system with a disk of its own (see build-system), driven from its console as a person at the machine would. Sourced, never run.
#
# Expects KERNEL, WORK (a folder of the caller's) and LOG (a file for all that the console says).

# How long the firmware, the kernel and what comes before the first prompt may take, on an emulated processor beside others.
readonly BOOT_S=1500
readonly LINE_S=300

# The status of a line that was not answered.
readonly NO_ANSWER=125

# Makes the disk of the files in a folder.
make_disk() {
    truncate -s "$3" "$2"
    mkfs.ext4 -q -E lazy_itable_init=0 -d "$1" "$2"
}

# Switches the machine on. It is off when it has been told to restart, too: what starts it again is a new call.
switch_on() {
    local options initramfs release qemu disk
    initramfs=$("$VM_DIR/build-initramfs" "$KERNEL" system)
    release=$("$VM_DIR/fetch-kernel" "$KERNEL")
    options=$(cpu_options)
    mapfile -t options <<<"$options"
    qemu=$("$VM_DIR/fetch-qemu")
    mapfile -t qemu <<<"$qemu"
    for disk in "$WORK"/*.disk; do
        options+=(-drive "file=$disk,format=raw,if=virtio,cache=unsafe")
    done
    [[ -p $WORK/keys ]] || mkfifo "$WORK/keys"
    exec {KEYS}<>"$WORK/keys"
    SEEN=$(stat --format=%s "$LOG")
    # The kernel ends it with this script, however that ends.
    setpriv --pdeathsig KILL "${qemu[@]}" -nodefaults -no-user-config -display none -no-reboot -m 2G -kernel "$release/vmlinuz" -initrd "$initramfs" \
        -append "console=ttyS0 loglevel=5 panic=-1 oops=panic" "${options[@]}" \
        -chardev stdio,id=console,signal=off -serial chardev:console <"$WORK/keys" >>"$LOG" 2>"$WORK/qemu.log" &
    QEMU_PID=$!
}

# Puts what the console has said since something was found in it last into SAID.
look() {
    SIZE=$(stat --format=%s "$LOG")
    SAID=$(tail --bytes=+$((SEEN + 1)) "$LOG" | head --bytes=$((SIZE - SEEN)) | tr -d '\r\0')
}

# Waits until the console says something that fits an extended regular expression.
await() {
    local pattern=$1 deadline=$((SECONDS + ${2:-$LINE_S}))
    until look && grep --quiet --text --extended-regexp -- "$pattern" <<<"$SAID"; do
        ((SECONDS < deadline)) && kill -0 "$QEMU_PID" 2>/dev/null || return 1
        sleep 0.1
    done
    SEEN=$SIZE
}

type_line() { printf '%s\n' "$1" >&"$KEYS"; }

# Has the shell on the console run a line: what it printed is in SAID, and its status is this function's.
run_line() {
    LINES_RUN=$((${LINES_RUN:-0} + 1))
    SEEN=$(stat --format=%s "$LOG")
    SAID=''
    type_line "{ $1; } 2>&1; echo \"<\$?-$LINES_RUN>\""
    await "<[0-9]+-$LINES_RUN>" "${2:-$LINE_S}" || return "$NO_ANSWER"
    local status
    status=$(grep --text --only-matching --extended-regexp "<[0-9]+-$LINES_RUN>" <<<"$SAID" | tail -n 1)
    SAID=${SAID%"$status"*}
    status=${status#<}
    return "${status%-*}"
}

# Logs in on the console, where the machine asks who is there, and has the shell there say no more than it must.
log_in() {
    await 'login: ' "${3:-$BOOT_S}" || return
    type_line "$1"
    await 'Password: ' || return
    type_line "$2"
    await '[#$] $' || return
    # The terminal would break long lines, and repeat them.
    type_line "stty -echo cols 1000; PS1=; PS2=; unset PROMPT_COMMAND; bind 'set enable-bracketed-paste off' 2>/dev/null"
    run_line true
}

# Waits for the machine to switch itself off; fails when it does not.
await_off() {
    local deadline=$((SECONDS + $1)) began=$SECONDS
    while kill -0 "$QEMU_PID" 2>/dev/null; do
        ((SECONDS < deadline)) || return 1
        sleep 0.2
    done
    wait "$QEMU_PID" || true
    # shellcheck disable=SC2034  # the caller's
    OFF_S=$((SECONDS - began))
    look
    SEEN=$SIZE
}

# Pulls the plug.
switch_off() {
    [[ -z ${QEMU_PID:-} ]] || kill -KILL "$QEMU_PID" 2>/dev/null || true
    wait 2>/dev/null || true
}

# Whether a file system was let go of as it should be: nothing to be done over at its next mount.
disk_is_clean() {
    local about
    about=$(dumpe2fs -h "$1" 2>/dev/null) || return
    grep --quiet --extended-regexp '^Filesystem state: +clean$' <<<"$about" && ! grep --quiet needs_recovery <<<"$about"
}
