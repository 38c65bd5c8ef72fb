#!/bin/sh
# openvsm-sign on its command line: sign-tool.sh TOOL WORK_FOLDER
set -eu
tool=$1
work=$2
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
    "$tool" sign --kind trustlet --key a.key --identity f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90 --name vault \
        --security-version 3 --heap-pages 16 --stack-pages 4 --max-sessions 2 --max-instances 1 --syscalls 0x383 "$@"
}

"$tool" keygen a.key a.pub
"$tool" keygen b.key b.pub
[ "$(stat -c %a a.key)" = 600 ] || fail "key file is mode $(stat -c %a a.key)"
cmp -s a.pub b.pub && fail "two keys are equal"
cmp -s a.key a.pub && fail "the public key is the key"
cp a.key a.key.before
refused "never overwritten" "$tool" keygen a.key a.pub
rm a.pub
"$tool" keygen --keep a.key a.pub
cmp a.key a.key.before || fail "--keep changed the key"

head -c 5000 /dev/urandom >payload
sign payload image
"$tool" verify --public a.pub image
refused "another key than the owner" "$tool" verify --public b.pub image
"$tool" inspect image >out
for line in "kind  *trustlet" "name  *vault" "identity  *f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f90" "security version  *3" \
    "payload  *5000 bytes" "heap pages  *16" "stack pages  *4" "max sessions  *2" "system calls  *0x0000000000000383"; do
    grep -q -e "^$line\$" out || fail "inspect does not say '$line'"
done
tail -c 5000 image | cmp - payload || fail "the payload changed"

head -c 5511 image >short
refused "signature does not match" "$tool" verify --public a.pub short
head -c 512 image >short
refused "size is not" "$tool" verify --public a.pub short
refused "too short" "$tool" inspect short
refused "not a signed image" "$tool" inspect payload

: >empty
refused "would be refused" sign empty image2
[ ! -e image2 ] || fail "a refused image was written"
refused "not a UUID" sign --identity f6a2c1e4-7d3b-4c58-9a0e-5b1d8c2e7f9 payload image2
refused "not a UUID" sign --identity f6a2c1e47d3b-4c58-9a0e-5b1d-8c2e7f90 payload image2
refused "not a 32-bit number" sign --syscalls 4294967296 payload image2
refused "not a 32-bit number" sign --syscalls -1 payload image2
refused "longer than 31" sign --name 12345678901234567890123456789012 payload image2
refused "neither" sign --kind hypervisor payload image2
refused "needs --stack-pages" sign --stack-pages 0 payload image2
refused "needs --kind" "$tool" sign --key a.key payload image2
refused "No such file" sign missing image2
refused "usage" "$tool" sign
refused "usage" "$tool" unknown

chmod 644 a.key
refused "readable by others" sign payload image2
chmod 600 a.key
echo "not a key" >c.key
chmod 600 c.key
refused "not a key file" sign --key c.key payload image2

"$tool" header a.pub key.h
printf '#include "key.h"\n#include <stdio.h>\nstatic const unsigned char h[] = OWNER_KEY_HASH;\nint main(void) { for (int i = 0; i < 32; i++) printf("%%02x", h[i]); puts(""); }\n' >show.c
cc -Wall -Wextra -Werror -o show show.c
hash=$(python3 -c 'import hashlib; print(hashlib.sha256(bytes.fromhex(open("a.pub").read())).hexdigest())')
[ "$(./show)" = "$hash" ] || fail "the header holds another key's hash"
echo "openvsm-sign: all refusals and results as expected"
