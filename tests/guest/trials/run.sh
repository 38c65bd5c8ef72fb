#!/bin/sh
# Builds the trial payload and runs its groups on the emulators.
#
#   tests/guest/trials/run.sh [--keep DIR] [BENCH [GROUP...]]
#
# BENCH is tcg (QEMU, SVM), bochs (Bochs model ryzen, SVM) or bochsvmx (Bochs model
# corei7_icelake_u, VMX); without one, all three.
# GROUP is nmi, apic, mask, exits, shutdown or init; without one, all.
# Each need that is not met must be listed for its bench in unmet.txt, and each
# listed one must be unmet: anything else is a failure, as is a run that does
# not reach its end. docs/trials.md tells what the lines mean.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=
if [ "${1:-}" = --keep ]; then
    work=$2
    shift 2
    mkdir -p "$work"
else
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
benches=${1:-tcg bochs bochsvmx}
[ $# -gt 0 ] && shift
groups=${*:-nmi apic mask exits shutdown init}

build() {
    flags="-std=gnu11 -O2 -g -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -ffreestanding -fno-stack-protector
        -fno-asynchronous-unwind-tables -fno-strict-aliasing -mno-red-zone -mgeneral-regs-only -fcf-protection=none
        -fno-pic -fno-pie -fno-tree-loop-distribute-patterns -I$root/lib/include"
    # shellcheck disable=SC2086
    gcc $flags -nostdlib -no-pie -static -Wl,-T,"$here/link.lds" -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
        -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments \
        -o "$work/trials64.elf" "$here"/*.S "$here"/*.c "$root/lib/string.c" "$root/lib/format.c"
    # QEMU's Multiboot loader takes 32-bit ELF files only; the code inside is the same.
    objcopy -O elf32-i386 "$work/trials64.elf" "$work/trials.elf"
}

run_tcg() {
    timeout 120 qemu-system-x86_64 -machine q35,accel=tcg,smm=off -cpu EPYC,+svm,+npt,+umip -m 64 -smp 2 \
        -nodefaults -display none -no-reboot -serial "file:$2" -kernel "$work/trials.elf" -append "$1" \
        </dev/null >"$2.emulator" 2>&1 || true
}

# A raw disk: GRUB's boot sector, its core image with the payload inside, padding.
bochs_disk() {
    printf 'multiboot (memdisk)/trials.elf %s\nboot\n' "$1" >"$work/grub.cfg"
    tar -C "$work" -cf "$work/memdisk.tar" trials.elf
    grub-mkimage -O i386-pc -c "$work/grub.cfg" -m "$work/memdisk.tar" -p '(memdisk)' -o "$work/core.img" \
        biosdisk memdisk tar multiboot boot
    cat /usr/lib/grub/i386-pc/boot.img "$work/core.img" >"$work/disk.img"
    truncate -s 10321920 "$work/disk.img"
}

# $1 = processor model, $2 = group, $3 = file of COM1.
run_bochs_model() {
    bochs_disk "$2"
    cat >"$work/bochsrc" <<EOF
plugin_ctrl: unmapped=1, biosdev=1, serial=1, iodebug=1, extfpuirq=1, speaker=0, parallel=0, gameport=0
sound: driver=dummy
config_interface: textconfig
display_library: rfb, options="timeout=0,hideIPS"
memory: guest=64, host=64
romimage: file=/usr/share/seabios/bios.bin
vgaromimage: file=/usr/share/seabios/vgabios-stdvga.bin
boot: disk
cpu: model=$1, count=2, ips=50000000, reset_on_triple_fault=0, ignore_bad_msrs=1
pci: enabled=1, chipset=i440fx
clock: sync=none, time0=946681200, rtc_sync=0
ata0-master: type=disk, path=$work/disk.img, mode=flat, cylinders=20, heads=16, spt=63
com1: enabled=1, mode=file, dev=$3
port_e9_hack: enabled=1
log: $3.log
info: action=ignore
panic: action=fatal
EOF
    printf "c\nq\n" >"$work/debugger.rc"
    timeout 150 bochs -q -unlock -f "$work/bochsrc" -rc "$work/debugger.rc" </dev/null >"$3.emulator" 2>&1 || true
}

run_bochs() {
    run_bochs_model ryzen "$@"
}

run_bochsvmx() {
    run_bochs_model corei7_icelake_u "$@"
}

# Compares the needs of one run with what is written down of the bench.
judge() {
    [ -e "$3" ] || : >"$3"
    sed -n 's/^need \([^ ]*\) unmet \(.*\)$/\1 \2/p' "$3" | sort -u >"$work/unmet"
    sed -n "s/^$1 $2 //p" "$here/unmet.txt" | sort -u >"$work/listed"
    if ! grep -q '^end complete$' "$3"; then
        echo "the run does not reach its end" >>"$work/unmet"
    fi
    if ! diff "$work/listed" "$work/unmet" >"$work/difference"; then
        echo "FAIL $1 $2: other than docs/trials.md says (< written down, > measured)"
        cat "$work/difference"
        return 1
    fi
    echo "PASS $1 $2: $(grep -c '^need .* met ' "$3") needs met, $(wc -l <"$work/unmet") unmet, as written down"
}

build
status=0
for bench in $benches; do
    for group in $groups; do
        out="$work/$bench-$group.txt"
        rm -f "$out"
        "run_$bench" "$group" "$out"
        [ -e "$out" ] && cat "$out"
        judge "$bench" "$group" "$out" || status=1
    done
done
exit $status
