# shellcheck shell=bash
# A private apt: own lists, own cache, own sources, so that fetching another suite's kernel can neither change nor
# confuse what the machine itself installs. Sourced by fetch-kernel.
#
# The machine's own apt.conf is still read: proxies and credentials for the mirror are set there.

# The keys that Debian's suites are signed with. Bookworm's key suffices: trixie and sid are signed
# with it and with trixie's. There is no way round the check: an unsigned kernel is never fetched.
readonly DEBIAN_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

apt_private() {
    local folder=$1 tool=$2
    shift 2
    "$tool" --quiet=1 --config-file="$folder/apt.conf" "$@"
}

# Sandbox::User: apt's own user _apt cannot enter a folder under /root, where the cache usually is.
# Error-Mode: without it `apt-get update` succeeds when the mirror could not be reached.
# #clear: what the machine does after its own updates (emptying caches, telling a desktop) is not for ours.
write_apt_conf() {
    local folder=$1
    cat >"$folder/apt.conf" <<END
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "$folder/state";
Dir::State::status "/dev/null";
Dir::Cache "$folder/cache";
Dir::Etc::SourceList "$folder/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
APT::Architecture "amd64";
APT::Architectures { "amd64"; };
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
END
}

# The places this machine takes its own Debian release from, in the order of its sources. More than one when another
# project's packages are laid out by Debian's code names: those fail the signature check and the next one is tried.
machine_mirrors() {
    local release
    release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-stable}")
    apt-get --print-uris update 2>/dev/null |
        sed -nE "s#^'(.*)/dists/($release|stable)/InRelease'.*#\1#p" | awk '!seen[$0]++'
}

# Makes FOLDER a private apt that knows SUITE.
apt_private_open() {
    local folder=$1 suite=$2 mirrors mirror
    [[ -r $DEBIAN_KEYRING ]] || die "no $DEBIAN_KEYRING: install debian-archive-keyring"
    mirrors=$(machine_mirrors)
    [[ -n $mirrors ]] || die "this machine's apt sources name no Debian mirror (see apt-get --print-uris update)"
    mkdir -p "$folder/state/lists/partial" "$folder/cache/archives/partial"
    write_apt_conf "$folder"
    while IFS= read -r mirror; do
        printf 'deb [arch=amd64 signed-by=%s target=Packages] %s %s main\n' "$DEBIAN_KEYRING" "$mirror" "$suite" \
            >"$folder/sources.list"
        if apt_private "$folder" apt-get update >&2; then
            return
        fi
    done <<<"$mirrors"
    die "no mirror of this machine has the Debian suite $suite with a signature that debian-archive-keyring" \
        "$(dpkg-query --show --showformat='${Version}' debian-archive-keyring) knows (a newer version may)"
}

# Prints what PACKAGE depends on, of what carries a kernel's files: from 7.2 on Debian splits a kernel into an image, a
# binary, a modules and a base package, named with their version. What has no version in its name (kmod, linux-base, an
# initramfs builder) is for an installed system and not needed here.
kernel_dependencies() {
    apt_private "$1" apt-cache depends --important "$2" |
        sed -nE 's/^ *(Pre)?Depends: (linux-(image|binary|modules|base)-[0-9].*)$/\2/p'
}

# Prints the packages with the files of the kernel that the metapackage PACKAGE stands for.
kernel_packages() {
    local folder=$1 queue=("$2") package dependencies
    local -A seen=()
    while ((${#queue[@]} > 0)); do
        package=${queue[0]}
        queue=("${queue[@]:1}")
        [[ ! -v seen[$package] ]] || continue
        seen[$package]=yes
        dependencies=$(kernel_dependencies "$folder" "$package")
        [[ -z $dependencies ]] || mapfile -t -O "${#queue[@]}" queue <<<"$dependencies"
    done
    unset "seen[$2]" # the metapackage itself holds nothing
    printf '%s\n' "${!seen[@]}" | sort
}
