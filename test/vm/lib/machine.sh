# shellcheck shell=bash
# The parts of `run` that start the machine: its archive, its file servers, QEMU. Sourced, never run.

readonly VIRTIOFSD=/usr/lib/qemu/virtiofsd

# What changes from run to run goes in an archive that the kernel unpacks over the initramfs: no limits on length or
# characters, as a kernel command line would have.
make_job_archive() {
    local job=$WORK/archive/job
    mkdir -p "$job"
    install --mode=755 "$VM_DIR/guest/session" "$job/session"
    printf '%s\n' "$REPOSITORY" >"$job/repository"
    printf '%s\n' "$KERNEL_FOLDER" >"$job/kernel"
    printf '%s\n' "$REPOSITORY" "${DOTNET_FOLDER:-$REPOSITORY}" "${SHARES[@]}" | sort --unique >"$job/keep"
    guest_environment >"$job/environment"
    if ((SHELL_AFTER)); then
        make_terminal_job "$job"
        printf '/bin/bash\0%s\0' /run/gatehouse-vm/job/terminal >"$job/arguments"
    else
        printf '%s\0' "${COMMAND[@]}" >"$job/arguments"
    fi
    (cd "$WORK/archive" && find job | cpio --quiet --create --format=newc --owner=0:0) >"$WORK/job.cpio"
    cat "$INITRAMFS" "$WORK/job.cpio" >"$WORK/initrd"
}

guest_environment() {
    local path=$REPOSITORY/build/publish/bin:$REPOSITORY/build/bin
    path+=:${DOTNET_FOLDER:+$DOTNET_FOLDER:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    printf '%s\0' "PATH=$path" HOME=/root USER=root LOGNAME=root LANG=C.UTF-8 "TERM=${TERM:-dumb}" \
        GATEHOUSE_VM="$KERNEL" GATEHOUSE_RESULTS=/run/gatehouse-vm/results \
        ${DOTNET_FOLDER:+DOTNET_ROOT="$DOTNET_FOLDER"} DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 \
        "${GUEST_VARIABLES[@]}"
}

# The command first, then a shell; the machine ends with the shell, and the status is the command's (or, without a
# command, the shell's).
make_terminal_job() {
    local job=$1 lines columns
    read -r lines columns < <(stty size)
    {
        # Here, and not before: a terminal forgets its size when nobody has it open.
        printf "status=0\nstty rows %d cols %d\n" "$lines" "$columns"
        if ((${#COMMAND[@]} > 0)); then
            printf '%q ' "${COMMAND[@]}"
            printf '|| status=$?\necho "[the command ended with status $status; the machine is yours until you leave this shell]"\n'
            printf 'bash -i || true\n'
        else
            printf 'bash -i || status=$?\n'
        fi
        # shellcheck disable=SC2016  # the guest's variable
        printf 'exit $status\n'
    } >"$job/terminal"
}

# Started so that the kernel ends them if this script is killed in a way that leaves no time for cleaning up.
start_child() {
    # Without <&0 a background command of a script reads from /dev/null, and --shell needs the terminal.
    setpriv --pdeathsig KILL "$@" <&0 &
    CHILDREN+=($!)
}

start_file_servers() {
    mkdir "$WORK/view"
    start_child unshare --mount --propagation private "$VM_DIR/lib/share-host" "$WORK/view" "$WORK/root.socket" \
        "$REPOSITORY" "$KERNEL_FOLDER" ${DOTNET_FOLDER:+"$DOTNET_FOLDER"} "${SHARES[@]}" </dev/null >"$WORK/root.log" 2>&1
    # The guest may fill this one share; it gets no device nodes into it, and no setuid files that stay (see collect).
    start_child "$VIRTIOFSD" -f --socket-path="$WORK/results.socket" -o source="$RESULTS" -o log_level=warn \
        -o modcaps=-mknod </dev/null >"$WORK/results.log" 2>&1
    wait_for_socket root
    wait_for_socket results
}

wait_for_socket() {
    local deadline=$((SECONDS + 10))
    until [[ -S $WORK/$1.socket ]]; do
        ((SECONDS < deadline)) || fail "virtiofsd did not start: $(tail -n 5 "$WORK/$1.log")"
        sleep 0.02
    done
}

# Emulation only: the tests' numbers must not depend on whether the machine has KVM.
cpu_options() {
    if ((ICOUNT)); then
        # Counting instructions needs them in one thread.
        printf '%s\n' -accel tcg,thread=single -icount shift=0,sleep=off -smp 1
    else
        printf '%s\n' -accel tcg,thread=multi -smp "$CPUS"
    fi
    printf '%s\n' -cpu max
}

# A panic ends the machine at once (panic=-1 with -no-reboot), and an oops counts as a panic: a test must not pass on a
# kernel that it has damaged.
kernel_command_line() {
    printf '%s' "console=ttyS0 quiet loglevel=5 panic=-1 oops=panic ${APPEND[*]}"
}

file_share_options() {
    local tag socket
    printf '%s\n' -object "memory-backend-memfd,id=memory,size=$MEMORY,share=on" -machine memory-backend=memory
    for tag in host results; do
        socket=$tag
        [[ $tag != host ]] || socket=root
        printf '%s\n' -chardev "socket,id=$tag,path=$WORK/$socket.socket" -device "vhost-user-fs-pci,chardev=$tag,tag=$tag"
    done
}

# The output goes to a file, not a pipe: QEMU would make the caller's pipe or terminal non-blocking, and a slow reader
# could then lose data. The events go to a pipe of our own.
channel_options() {
    printf '%s\n' -device virtio-serial-pci \
        -chardev "file,id=output,path=$WORK/output" -device virtserialport,chardev=output,name=gatehouse.output \
        -chardev "pipe,id=events,path=$WORK/events" -device virtserialport,chardev=events,name=gatehouse.events \
        -chardev "file,id=console,path=$CONSOLE" -serial chardev:console
    if ((SHELL_AFTER)); then
        # Keys that would be signals are the guest's; mux gives the way out of a guest that does not answer, Ctrl-A x.
        printf '%s\n' -chardev stdio,id=terminal,signal=off,mux=on -device virtconsole,chardev=terminal
    fi
}

start_qemu() {
    local options alive
    # QEMU holds the only writing end of a pipe: its end is seen at once, however it comes. Its process id would not do:
    # bash does not reap its children while it reads events, and a dead child that is not reaped looks alive.
    exec {alive}> >(cat >/dev/null && echo "gone 0 0" >"$WORK/events.out")
    options=$(cpu_options; file_share_options; channel_options)
    mapfile -t options <<<"$options"
    start_child "${QEMU[@]}" -nodefaults -no-user-config -display none -no-reboot -m "$MEMORY" \
        -kernel "$KERNEL_FOLDER/vmlinuz" -initrd "$WORK/initrd" -append "$(kernel_command_line)" \
        "${options[@]}" 2>"$WORK/qemu.log"
    QEMU_PID=${CHILDREN[-1]}
    exec {alive}>&-
}
