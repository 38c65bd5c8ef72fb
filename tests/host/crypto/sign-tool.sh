#!/bin/sh
# openvsm-sign on its command line: sign-tool.sh TOOL WORK_FOLDER BOOTX64.EFI ANOTHER.EFI
set -eu
export LC_ALL=C
tool=$1
work=$2
loader=$3
other=$4
rm -rf "$work"
mkdir -p "$work"
cd "$work"

fail() {
    echo "error: $*" >&2
    exit 1
}

# refused TEXT COMMAND...: the command must fail and say TEXT.
refused() {
    text=$1
    shift
    if "$@" >out 2>&1; then
        fail "succeeded: $*"
    fi
    grep -q -e "$text" out || fail "said '$(cat out)' instead of '$text': $*"
}

sign() {
    "$tool" sign --key a.key --manifest vault.manifest "$@"
}

kernel() {
    "$tool" sign --key a.key --kind securekernel --name kernel --identity 00000000-0000-0000-0000-000000000005 \
        --security-version 2 "$@"
}

# manifest TEXT: a good manifest, in which lines of the same keys as TEXT's are replaced by TEXT's.
manifest() {
    printf '%s\n' "$1" >changes
    sed 's/ *=.*//' changes | grep -a . >changed_keys || :
    grep -a -v -w -f changed_keys vault.manifest >m.manifest || :
    cat changes >>m.manifest
}

# bad_manifest WORDS TEXT
bad_manifest() {
    manifest "$2"
    refused "^error: m.manifest:[0-9]*: $1" "$tool" note m.manifest note.S
}

"$tool" keygen a.key a.pub
"$tool" keygen b.key b.pub
[ "$(stat -c %a a.key)" = 600 ] || fail "key file is mode $(stat -c %a a.key)"
cmp -s a.pub b.pub && fail "two keys are equal"
cmp -s a.key a.pub && fail "the public key is the key"
cp a.key a.key.before
refused "never overwritten" "$tool" keygen a.key a.pub
rm a.pub
cut -d' ' -f2 a.key >a.key.before
cp a.key.before a.key
"$tool" keygen --keep a.key a.pub
chmod 600 b.pub
refused "not a key file" "$tool" keygen --keep b.pub q.pub
cmp a.key a.key.before || fail "--keep changed the key"

cat >vault.manifest <<'END'
# a comment
identity         = f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90
family           = 00000000-0000-0000-0000-00000000fa01  # another
name             = vault
security_version = 3
heap_pages       = 16
stack_pages      = 4
max_sessions     = 2
max_instances    = 1
page_quota       = 64
handle_quota     = 0x10
call_time        = 5000000000
syscalls         = EXIT LOG	WAIT_CALL 63
policy           = 00ff10
END

head -c 5000 /dev/urandom >payload
sign payload image
"$tool" verify --public a.pub image
refused "another key than the owner" "$tool" verify --public b.pub image
"$tool" inspect image >out
measurement=$(tail -c +257 image | sha256sum | cut -d' ' -f1)
hash=$(python3 -c 'import hashlib; print(hashlib.sha256(bytes.fromhex(open("a.pub").read().split()[1])).hexdigest())')
for line in "kind  *trustlet" "name  *vault" "identity  *f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90" "security_version  *3" \
    "family  *00000000-0000-0000-0000-00000000fa01" "flags  *0" "debug  *no" "payload_size  *5000" "heap_pages  *16" \
    "stack_pages  *4" "max_sessions  *2" "max_instances  *1" "page_quota  *64" "handle_quota  *16" "call_time  *5000000000" \
    "syscalls  *EXIT LOG WAIT_CALL 63" "policy  *00ff10[0]*" "algorithm  *ed25519" "public_key  *$(cut -d' ' -f2 a.pub)" \
    "key_hash  *$hash" "measurement  *$measurement"; do
    grep -q -e "^$line\$" out || fail "inspect does not say '$line'"
done
"$tool" inspect --json image >out
python3 - "$measurement" <<'END'
import json, sys
image = json.load(open("out"))
assert image["measurement"] == sys.argv[1] and image["syscalls"] == ["EXIT", "LOG", "WAIT_CALL", "63"], image
assert image["debug"] is False and image["call_time"] == 5000000000 and image["name"] == "vault", image
END
tail -c 5000 image | cmp - payload || fail "the payload changed"
sign payload image2
cmp image image2 || fail "signing twice gives two images"

# A debug build is marked, and measured apart.
sign --debug payload image2
"$tool" inspect image2 >out
grep -q "^debug  *yes" out || fail "a debug image is not marked"
grep -q "$measurement" out && fail "a debug image measures as the release does"

# The other algorithm: everything above with a P-256 key.
"$tool" keygen --algorithm ecdsa-p256 p.key p.pub
sign --key p.key payload image2
"$tool" verify --public p.pub image2
refused "another key than the owner" "$tool" verify --public a.pub image2
"$tool" inspect image2 >out
grep -q "^algorithm  *ecdsa-p256" out || fail "inspect does not say the algorithm"
grep -q "^measurement  *$measurement" out || fail "the measurement depends on who signed"
sign --key p.key payload image3
cmp image2 image3 || fail "signing twice gives two images"
for at in 8 128 160 191 300 512 5511; do
    python3 -c 'import sys; d = bytearray(open("image2", "rb").read()); d[int(sys.argv[1])] ^= 4; open("image3", "wb").write(d)' $at
    refused "signature does not match\|another key" "$tool" verify --public p.pub image3
done
sed 's/ 04/ 02/' p.pub >q.pub
refused "not a point of P-256" "$tool" verify --public q.pub image2
sed 's/.$/x/' p.pub >q.pub
refused "not a public key file" "$tool" verify --public q.pub image2
printf 'ecdsa-p256-secret %064d\n' 0 >q.key
chmod 600 q.key
refused "no P-256 key" sign --key q.key payload image3
refused "neither ed25519 nor" "$tool" keygen --algorithm rsa q2.key q.pub

head -c 5511 image >short
refused "signature does not match" "$tool" verify --public a.pub short
head -c 512 image >short
refused "size is not" "$tool" verify --public a.pub short
head -c 511 image >short
refused "too short" "$tool" inspect short
refused "not a signed image" "$tool" inspect payload

kernel payload image2
"$tool" inspect image2 >out
grep -q "^kind  *securekernel" out || fail "inspect does not say the kind"
: >empty
rm -f image3
refused "would be refused" sign empty image3
[ ! -e image3 ] || fail "a refused image was written"
refused "not a UUID" kernel --identity f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f9 payload image3
refused "not a UUID" kernel --identity f6a2c1e47d3b-4c58-9a0e-5b1d-8c2e7f90 payload image3
refused "not a 32-bit number" kernel --security-version 4294967296 payload image3
refused "not a 32-bit number" kernel --security-version -1 payload image3
refused "longer than 31" kernel --name 12345678901234567890123456789012 payload image3
refused "not securekernel" kernel --kind trustlet payload image3
refused "needs --identity" "$tool" sign --kind securekernel --key a.key payload image3
refused "needs --key" "$tool" sign --manifest vault.manifest payload image3
refused "not a position-independent ELF" "$tool" sign --key a.key payload image3
refused "No such file" sign missing image3
refused "usage" "$tool" sign
refused "usage" "$tool" unknown

# Manifests: one clear sentence, with the line.
bad_manifest "there is no key 'colour'" "colour = red"
bad_manifest "name is given twice" "name = a
name = b"
bad_manifest "name has no value" "name ="
bad_manifest "name is longer than 31" "name = 12345678901234567890123456789012"
bad_manifest "name has a tab" "name = a	b"
bad_manifest "identity is not a UUID" "identity = f6a2c1e4"
bad_manifest "identity is not a UUID, or zero" "identity = 00000000-0000-0000-0000-000000000000"
bad_manifest "security_version is not a number from 1" "security_version = 0"
bad_manifest "security_version is not a number" "security_version = 4294967296"
bad_manifest "heap_pages is not a number from 0 to 4096" "heap_pages = 4097"
bad_manifest "heap_pages is not a number" "heap_pages = -1"
bad_manifest "stack_pages is not a number from 1 to 256" "stack_pages = 0"
bad_manifest "stack_pages is not a number" "stack_pages = 1 2"
bad_manifest "max_sessions is not a number" "max_sessions = many"
bad_manifest "call_time is not a number" "call_time = 18446744073709551616"
bad_manifest "there is no system call FLY" "syscalls = EXIT FLY"
bad_manifest "there is no system call 64" "syscalls = 64"
bad_manifest "system call IMAGE_READ is the loader's" "syscalls = IMAGE_READ"
bad_manifest "system call LOG is named twice" "syscalls = LOG LOG"
bad_manifest "policy is not hexadecimal" "policy = zz"
bad_manifest "policy is not hexadecimal" "policy = $(printf %0130d 0)"
bad_manifest "not a line 'key = value'" "just words"
bad_manifest "only printable ASCII" "name = cafÃ©$(printf '\351')"
for key in identity name security_version heap_pages stack_pages max_sessions max_instances syscalls; do
    grep -v "^$key" vault.manifest >m.manifest
    refused "^error: m.manifest:[0-9]*: the key '$key' is missing" "$tool" note m.manifest note.S
done
printf 'x%.0s' $(seq 600) >m.manifest
refused "m.manifest:1: the line is longer" "$tool" note m.manifest note.S

# The note, linked into a file, is what is signed.
"$tool" note vault.manifest note.S
cc -c note.S -o note.o
printf 'int _start(void) { return 0; }\n' >start.c
cc -fPIE -c start.c -o start.o
ld -pie -o trustlet.elf start.o note.o
"$tool" sign --key a.key trustlet.elf image3
"$tool" inspect image3 | sed '/payload_size/d;/measurement/d' >from_note
"$tool" inspect image | sed '/payload_size/d;/measurement/d' >from_text
cmp from_note from_text || fail "the note says something else than the manifest"

# set-owner: only the block and a checksum that was there change; LOADER is BOOTX64.EFI.
cp "$loader" loader.efi
"$tool" set-owner --floor f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90=7 loader.efi p.pub
python3 - "$loader" <<'END'
import hashlib, struct, sys
before, after = open(sys.argv[1], "rb").read(), open("loader.efi", "rb").read()
digest = hashlib.sha256(bytes.fromhex(open("p.pub").read().split()[1])).digest()
at = after.index(digest) - 16
assert after[at:at + 16] == struct.pack("<QII", 0x524E574F4D535630, 1, 1), after[at:at + 16]
assert after[at + 48:at + 72] == bytes.fromhex("f6a2c1e47d3b4c589a0e5b1d8c2e7f90") + struct.pack("<II", 7, 0)
assert after[at + 72:at + 432] == bytes(360) and len(before) == len(after)
checksum, = struct.unpack_from("<I", before, 0x3C)
checksum += 24 + 64
def differs(a, b): return [i for i in range(len(a)) if a[i] != b[i] and not at <= i < at + 432]
had = struct.unpack_from("<I", before, checksum)[0] != 0
assert all(had and checksum <= i < checksum + 4 for i in differs(before, after)), differs(before, after)[:9]
# The same with a checksum and without one.
for value in (0, 1):
    open(f"loader{value}.efi", "wb").write(after[:checksum] + struct.pack("<I", value) + after[checksum + 4:])
open("checksum-at", "w").write(str(checksum))
END
for value in 0 1; do
    "$tool" set-owner loader$value.efi a.pub
done
python3 - <<'END'
import struct
at = int(open("checksum-at").read())
data = bytearray(open("loader1.efi", "rb").read())
found, = struct.unpack_from("<I", data, at)
data[at:at + 4] = bytes(4)
assert bytes(data) == open("loader0.efi", "rb").read(), "set-owner made a checksum where there was none"
total = sum(struct.unpack(f"<{len(data) // 2}H", data[:len(data) & ~1])) + (data[-1] if len(data) % 2 else 0)
while total >> 16:
    total = (total & 0xFFFF) + (total >> 16)
assert found == total + len(data), (found, total + len(data))
END
cp loader.efi before.efi
refused "no section .owner" "$tool" set-owner "$other" a.pub
refused "not a 64-bit PE" "$tool" set-owner image a.pub
refused "not a 64-bit PE" "$tool" set-owner empty a.pub
refused "not a public key file" "$tool" set-owner loader.efi a.key
refused "not UUID=N" "$tool" set-owner --floor 5 loader.efi a.pub
refused "not a UUID" "$tool" set-owner --floor xxxxxxxx-7d3b-4c58-9a0e-5b1d8c2e7f90=1 loader.efi a.pub
refused "not a 32-bit number" "$tool" set-owner --floor f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90=x loader.efi a.pub
refused "named twice" "$tool" set-owner --floor f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90=1 \
    --floor f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90=2 loader.efi a.pub
refused "zero" "$tool" set-owner --floor 00000000-0000-0000-0000-000000000000=1 loader.efi a.pub
floors=$(for i in $(seq 10 26); do echo "--floor 00000000-0000-0000-0000-0000000000$i=1"; done)
refused "more than 16" "$tool" set-owner $floors loader.efi a.pub
cmp loader.efi before.efi || fail "a refused set-owner changed the file"

chmod 644 a.key
refused "readable by others" sign payload image2
chmod 600 a.key
echo "not a key" >c.key
chmod 600 c.key
refused "not a key file" sign --key c.key payload image2

"$tool" header a.pub key.h
printf '#include "key.h"\n#include <stdio.h>\nstatic const unsigned char h[] = OWNER_KEY_HASH;\nint main(void) { for (int i = 0; i < 32; i++) printf("%%02x", h[i]); puts(""); }\n' >show.c
cc -Wall -Wextra -Werror -o show show.c
[ "$(./show)" = "$hash" ] || fail "the header holds another key's hash"
echo "openvsm-sign: all refusals and results as expected"
