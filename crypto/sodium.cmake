# libsodium: Ed25519, SHA-256, SHA-512 and HMAC-SHA-512 as portable C, no assembly, no runtime detection.
openvsm_source(libsodium CRYPTO_SODIUM_ROOT)
set(CRYPTO_SODIUM_ROOT ${CRYPTO_SODIUM_ROOT}/src/libsodium)

set(CRYPTO_SODIUM_PACKAGE_FILES
    ${CRYPTO_SODIUM_ROOT}/crypto_auth/hmacsha512/auth_hmacsha512.c
    ${CRYPTO_SODIUM_ROOT}/crypto_core/ed25519/ref10/ed25519_ref10.c
    ${CRYPTO_SODIUM_ROOT}/crypto_hash/sha256/cp/hash_sha256_cp.c
    ${CRYPTO_SODIUM_ROOT}/crypto_hash/sha512/cp/hash_sha512_cp.c
    ${CRYPTO_SODIUM_ROOT}/crypto_sign/ed25519/ref10/keypair.c
    ${CRYPTO_SODIUM_ROOT}/crypto_sign/ed25519/ref10/open.c
    ${CRYPTO_SODIUM_ROOT}/crypto_sign/ed25519/ref10/sign.c
    ${CRYPTO_SODIUM_ROOT}/crypto_verify/sodium/verify.c)
set(CRYPTO_SODIUM_SOURCES ${CRYPTO_SODIUM_PACKAGE_FILES} ${CMAKE_CURRENT_LIST_DIR}/sodium/platform.c)
set(CRYPTO_SODIUM_INCLUDES ${CRYPTO_SODIUM_ROOT}/include ${CRYPTO_SODIUM_ROOT}/include/sodium)

# HAVE_TI_MODE: 51-bit limbs in 128-bit integers. The package's configure
# script would set these; -w because its warnings are not ours to fix. Source
# properties hold in one folder only: each folder that compiles the files calls
# this, with its own files that include libsodium's headers.
function(crypto_sodium_properties)
    set_source_files_properties(${CRYPTO_SODIUM_SOURCES} ${ARGN} PROPERTIES
        COMPILE_DEFINITIONS SODIUM_STATIC INCLUDE_DIRECTORIES "${CRYPTO_SODIUM_INCLUDES}"
        COMPILE_OPTIONS $<$<C_COMPILER_ID:GNU>:-fno-tree-loop-distribute-patterns>)
    set_source_files_properties(${CRYPTO_SODIUM_PACKAGE_FILES} PROPERTIES
        COMPILE_OPTIONS "-w;$<$<C_COMPILER_ID:GNU>:-fno-tree-loop-distribute-patterns>"
        COMPILE_DEFINITIONS
        "CONFIGURED=1;NATIVE_LITTLE_ENDIAN;HAVE_TI_MODE;SODIUM_STATIC;memmove=crypto_sodium_memmove;abort=crypto_sodium_abort")
endfunction()
