#!/usr/bin/env bash
# Prints the path of a command that runs Debian's newest Neovim, fetching it the first time.
#
# The tests need 0.11 or newer, Debian 12 has 0.7. The newest is unpacked with all its libraries and started
# by its own loader, so nothing is installed and the machine's libc may be older.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"
. lib/debian.sh

main() {
    local root command
    root=$(cache_dir)/neovim/root
    command=$(cache_dir)/neovim/nvim
    once "$root.ready" fetch "$root" "$command"
    echo "$command"
}

fetch() {
    local root=$1 command=$2 libraries
    echo "fetching Neovim from Debian" >&2
    unpack_closure sid "$root" neovim
    libraries=$root/usr/lib/$(uname -m)-linux-gnu
    # The libraries go to the loader, not into LD_LIBRARY_PATH: the language server that Neovim starts must
    # not inherit them.
    cat > "$command" <<NVIM
#!/bin/sh
VIMRUNTIME='$root/usr/share/nvim/runtime' exec '$libraries'/ld-linux-*.so.2 --library-path '$libraries' '$root/usr/bin/nvim' "\$@"
NVIM
    chmod +x "$command"
}

main
